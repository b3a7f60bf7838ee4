{% autoescape off %}import { handleAuthRoutes, withLogto } from "@logto/express";
import { randomBytes } from "node:crypto";
import express from "express";
import session from "express-session";

const config = {
  endpoint: "{{ endpoint }}",
  appId: "{{ app_id }}",
  appSecret: process.env.APP_SECRET,
  baseUrl: "{{ origin }}",
};

const app = express();
app.use(session({ secret: randomBytes(32).toString("hex"), resave: false, saveUninitialized: false }));
app.use(handleAuthRoutes(config));
app.get("/", withLogto(config), (request, response) => {
  if (!request.user.isAuthenticated) return response.send('<a href="/logto/sign-in">Sign in</a>');
  response.send(`<p>Signed in as ${request.user.claims.sub}</p><a href="/logto/sign-out">Sign out</a>`);
});
app.listen({{ port }}, () => console.log("Open {{ origin }}"));{% endautoescape %}
