"""The captcha provider."""
