"""HTTP as the provider speaks it: endpoints, redirects, conditional answers, pages with one form."""
