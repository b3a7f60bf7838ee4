{% autoescape off %}TOKEN=$(curl -sS -u "{{ app_id }}:$APP_SECRET" {{ issuer }}/token \
  -d grant_type=client_credentials \
  -d resource={{ management_api }} -d scope={{ scope }} |
  sed -E 's/.*"access_token": ?"([^"]+)".*/\1/')
curl -sS -H "Authorization: Bearer $TOKEN" {{ endpoint }}/api/users{% endautoescape %}
