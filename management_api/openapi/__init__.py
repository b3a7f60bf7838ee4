"""The APIs described for programs and people: OpenAPI documents generated from code, and the pages that show them."""
