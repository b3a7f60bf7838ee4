"""The captcha page's words and form."""
