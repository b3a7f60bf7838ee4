// passport-openidconnect takes its addresses one by one, and knows neither refresh nor sign-out at the provider.
import express from "express";
import session from "express-session";
import passport from "passport";
import OpenIDConnectStrategy from "passport-openidconnect";

import { client, endSessionUrl, serve } from "./serving.mjs";

passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));
passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: client.issuer,
      authorizationURL: `${client.issuer}/auth`,
      tokenURL: `${client.issuer}/token`,
      userInfoURL: `${client.issuer}/me`,
      clientID: client.id,
      clientSecret: client.secret,
      callbackURL: `${client.origin}/callback`,
      scope: ["profile", "email"],
    },
    (_issuer, profile, _context, idToken, done) =>
      done(null, { sub: profile.id, name: profile.displayName, email: profile.emails[0].value, idToken }),
  ),
);

const app = express();
app.use(session({ secret: "a long secret", resave: false, saveUninitialized: false }), passport.session());
app.get("/login", passport.authenticate("openidconnect"));
app.get("/callback", passport.authenticate("openidconnect", { successRedirect: "/", failureMessage: true }));
app.get("/logout", (request, response, next) => {
  const { idToken } = request.user;
  request.logout((error) => (error ? next(error) : response.redirect(endSessionUrl(idToken))));
});
app.get("/bye", (request, response) => response.json({ signedIn: request.isAuthenticated() }));
app.get("/", (request, response) => response.json(request.user ?? {}));
serve(app);
