"""Each source's file as that system documents it, made up for alice and others: they sign in with their passwords."""

import base64
import hashlib
import hmac
import json
from typing import Any

import argon2
import bcrypt
import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher, ScryptPasswordHasher

from access.models import Role
from identity.factors.totp.service import reveal_totp_secret
from identity.imports.digests import firebase_scrypt
from identity.imports.sources import detect_source
from identity.models import Factor, User
from identity.passwords.formats.firebase_scrypt import FirebaseScryptRecipe
from identity.passwords.formats.md4 import md4
from identity.services.passwords import verify_user_password
from tests.identity.imports.conftest import Importing, counts, problems
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

BYTES = PASSWORD.encode()
SALT = b"sixteen byte sal"
BCRYPT = bcrypt.hashpw(BYTES, bcrypt.gensalt(4)).decode()
ARGON2 = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def pbkdf2(hash_name: str, iterations: int = 1000) -> bytes:
    return hashlib.pbkdf2_hmac(hash_name, BYTES, SALT, iterations)


def by_name(name: str) -> User:
    return User.objects.get(username=name)


def by_email(email: str) -> User:
    return User.objects.get(email_key=email)


# --- Auth0 -----------------------------------------------------------------------------------------------------------


def test_auth0_export_with_hashes(imported: Importing) -> None:
    rows: list[dict[str, Any]] = [
        {
            "user_id": "auth0|5f1a",
            "email": "alice@example.com",
            "email_verified": True,
            "name": "Alice Archer",
            "given_name": "Alice",
            "picture": "https://example.com/alice.png",
            "created_at": "2021-03-04T05:06:07.890Z",
            "last_login": "2024-03-04T05:06:07.890Z",
            "user_metadata": {"theme": "dark"},
            "app_metadata": {"plan": "pro"},
            "passwordHash": BCRYPT,
            "identities": [
                {"provider": "auth0", "user_id": "5f1a", "connection": "Users", "isSocial": False},
                {"provider": "google-oauth2", "user_id": "1177", "connection": "google-oauth2", "isSocial": True},
            ],
        },
        {"user_id": "auth0|5f1b", "email": "bob@example.com", "email_verified": False, "blocked": True},
    ]
    done = imported("\n".join(map(json.dumps, rows)))
    assert (done.source, counts(done)) == ("auth0", (2, 1, 0, 0, 1))
    assert problems(done) == [(2, 2, "primaryEmail", "user_import.unverified_identifier")]
    alice = by_email("alice@example.com")
    assert verify_user_password(alice, PASSWORD)
    assert alice.identities == {"google": {"userId": "1177"}}
    assert alice.custom_data == {"user_metadata": {"theme": "dark"}, "app_metadata": {"plan": "pro"}}
    assert (alice.profile, alice.created_at.year) == ({"givenName": "Alice"}, 2021)


AUTH0_HASHES = {
    "argon2": {"algorithm": "argon2", "hash": {"value": ARGON2}},
    "bcrypt": {"algorithm": "bcrypt", "hash": {"value": BCRYPT}},
    "pbkdf2": {
        "algorithm": "pbkdf2",
        "hash": {
            "value": f"$pbkdf2-sha512$i=1000,l=64${b64(SALT).rstrip('=')}${b64(pbkdf2('sha512')).rstrip('=')}",
            "encoding": "utf8",
        },
    },
    "md5": {"algorithm": "md5", "hash": {"value": hashlib.md5(BYTES).hexdigest(), "encoding": "hex"}},
    "md4": {"algorithm": "md4", "hash": {"value": b64(md4(BYTES)), "encoding": "base64"}},
    "hmac": {
        "algorithm": "hmac",
        "hash": {
            "value": hmac.digest(b"shh", BYTES, "sha512").hex(),
            "encoding": "hex",
            "digest": "sha512",
            "key": {"value": "736868", "encoding": "hex"},
        },
    },
    "ldap": {
        "algorithm": "ldap",
        "hash": {"value": "{SSHA384}" + b64(hashlib.sha384(BYTES + SALT).digest() + SALT), "encoding": "utf8"},
    },
    "scrypt": {
        "algorithm": "scrypt",
        "hash": {"value": b64(hashlib.scrypt(BYTES, salt=SALT, n=1024, r=4, p=2, dklen=32)), "encoding": "base64"},
        "salt": {"value": b64(SALT), "encoding": "base64"},
        "keylen": 32,
        "cost": 1024,
        "blockSize": 4,
        "parallelization": 2,
    },
    "sha1_suffix": {
        "algorithm": "sha1",
        "hash": {"value": b64(hashlib.sha1(BYTES + b"salt").digest()), "encoding": "base64"},
        "salt": {"value": "salt", "position": "suffix"},
    },
    "sha256_prefix": {
        "algorithm": "sha256",
        "hash": {"value": hashlib.sha256(b"salt" + BYTES).hexdigest(), "encoding": "hex"},
        "salt": {"value": "73616c74", "encoding": "hex", "position": "prefix"},
    },
}


@pytest.mark.parametrize("name", AUTH0_HASHES)
def test_auth0_custom_password_hash(imported: Importing, name: str) -> None:
    row = {"email": "alice@example.com", "email_verified": True, "custom_password_hash": AUTH0_HASHES[name]}
    done = imported(json.dumps([row]), source="auth0")
    assert problems(done) == []
    assert verify_user_password(by_email("alice@example.com"), PASSWORD)


def test_auth0_second_factor_and_unsupported_hash(imported: Importing) -> None:
    row = {
        "email": "alice@example.com",
        "user_metadata": {},
        "app_metadata": {},
        "mfa_factors": [{"totp": {"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}}],
        "custom_password_hash": {
            "algorithm": "hmac",
            "hash": {"value": "00", "digest": "sha256", "key": {"value": "key"}},
            "salt": {"value": "salt"},
        },
    }
    refused = imported(json.dumps(row))
    assert problems(refused) == [(1, 1, "passwordDigest", "user_import.unsupported_password")]
    assert counts(imported(json.dumps(row), unsupportedPasswords="drop")) == (1, 1, 0, 0, 0)
    assert not User.objects.get().has_password
    assert reveal_totp_secret(Factor.objects.get()) == "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


# --- Keycloak --------------------------------------------------------------------------------------------------------


def keycloak_password(data: dict[str, Any], value: str) -> dict[str, Any]:
    return {
        "type": "password",
        "secretData": json.dumps({"value": value, "salt": b64(SALT), "additionalParameters": {}}),
        "credentialData": json.dumps(data),
    }


def keycloak_user(name: str, *credentials: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": f"6a0e3cf2-0000-4000-8000-{name:0>12}",
        "username": name,
        "email": f"{name}@example.com",
        "emailVerified": True,
        "enabled": True,
        "createdTimestamp": 1_600_000_000_000,
        "firstName": name.title(),
        "lastName": "Example",
        "credentials": list(credentials),
        "realmRoles": ["default-roles-orchard", "offline_access"],
        **more,
    }


def test_keycloak_realm(imported: Importing) -> None:
    Role.objects.create(name="editor", description="")
    Role.objects.create(name="sales/emea", description="")
    tag = argon2.low_level.hash_secret_raw(BYTES, SALT, 1, 64, 1, 32, argon2.Type.ID)
    argon2_data = {
        "hashIterations": 1,
        "algorithm": "argon2",
        "additionalParameters": {
            "hashLength": ["32"], "memory": ["64"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"],
        },
    }  # fmt: skip
    otp = {
        "type": "otp",
        "secretData": json.dumps({"value": "Gm4Lk2uVw7Ts9Qx1Yz3B"}),
        "credentialData": json.dumps({"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1"}),
    }
    passkey = {
        "type": "webauthn-passwordless",
        "userLabel": "Phone",
        "secretData": "{}",
        "credentialData": json.dumps({"credentialId": "Y3JlZA==", "credentialPublicKey": "a2V5", "counter": 3}),
    }
    realm = {
        "realm": "orchard",
        "groups": [{"users": []}],
        "users": [
            keycloak_user(
                "alice",
                keycloak_password({"hashIterations": 1000, "algorithm": "pbkdf2-sha256"}, b64(pbkdf2("sha256"))),
                otp,
                realmRoles=["default-roles-orchard", "editor"],
                groups=["/sales/emea"],
                attributes={"department": ["Sales"], "locale": ["de"]},
                federatedIdentities=[{"identityProvider": "github", "userId": "9", "userName": "alice"}],
            ),
            keycloak_user("bob", keycloak_password(argon2_data, b64(tag)), passkey, enabled=False),
            keycloak_user(
                "carol",
                keycloak_password({"hashIterations": 1000, "algorithm": "pbkdf2-sha512"}, b64(pbkdf2("sha512"))),
            ),
            {**keycloak_user("service-account"), "serviceAccountClientId": "backend"},
        ],
    }
    done = imported(json.dumps(realm, indent=2))
    assert problems(done) == []
    assert (done.source, done.layout, counts(done)) == ("keycloak", "json", (4, 3, 0, 1, 0))
    for name in ("alice", "bob", "carol"):
        assert verify_user_password(by_name(name), PASSWORD), name
    alice = by_name("alice")
    assert (alice.name, alice.custom_data, alice.profile["locale"]) == ("Alice Example", {"department": "Sales"}, "de")
    assert alice.identities["github"]["userId"] == "9"
    assert sorted(role.name for role in alice.roles.all()) == ["editor", "sales/emea"]
    app = Factor.objects.get(user=alice)
    assert reveal_totp_secret(app) == base64.b32encode(b"Gm4Lk2uVw7Ts9Qx1Yz3B").decode()
    key = Factor.objects.get(user=by_name("bob"))
    assert (key.details["credentialId"], key.counter, key.name) == ("Y3JlZA", 3, "Phone")
    assert by_name("bob").is_suspended


def test_keycloak_factors_that_cannot_be_verified(imported: Importing) -> None:
    """An app of eight digits was left out without a word: its user signed in by the password alone."""
    otp = {
        "type": "otp",
        "secretData": json.dumps({"value": "Gm4Lk2uVw7Ts9Qx1Yz3B"}),
        "credentialData": json.dumps({"subType": "totp", "digits": 8, "period": 30, "algorithm": "HmacSHA256"}),
    }
    codes = {
        "type": "recovery-authn-codes",
        "secretData": json.dumps({"codes": [{"number": 1, "encodedHashedValue": b64(bytes(64))}]}),
        "credentialData": json.dumps({"hashIterations": 1, "algorithm": "RS512", "totalCodes": 12}),
    }
    realm = json.dumps({"users": [keycloak_user("alice", otp), keycloak_user("bob", codes)]})
    refused = imported(realm, dry_run=True)
    assert [problem[2:] for problem in problems(refused)] == [("factors", "user_import.unsupported_factor")] * 2
    assert counts(imported(realm, unsupportedFactors="drop")) == (2, 2, 0, 0, 0)
    assert not Factor.objects.exists()


# --- Firebase --------------------------------------------------------------------------------------------------------

FIREBASE = {"signerKey": b64(b"k" * 64), "saltSeparator": "Bw==", "rounds": 8, "memoryCost": 14}


def firebase_hash(salt: str) -> str:
    """What Firebase stores: the signer key, encrypted with a key that the password gives."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    salted = base64.b64decode(salt) + base64.b64decode(FIREBASE["saltSeparator"])  # type: ignore[arg-type]  # a text
    key = hashlib.scrypt(BYTES, salt=salted, n=2**14, r=8, p=1, maxmem=2**26, dklen=32)
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    return b64(encryptor.update(b"k" * 64) + encryptor.finalize())


def test_firebase_export(imported: Importing) -> None:
    document = {
        "users": [
            {
                "localId": "fb1",
                "email": "alice@example.com",
                "emailVerified": True,
                "passwordHash": firebase_hash("c2FsdHNhbHQ="),
                "salt": "c2FsdHNhbHQ=",
                "displayName": "Alice",
                "photoUrl": "https://example.com/alice.png",
                "createdAt": "1600000000000",
                "lastSignedInAt": "1700000000000",
                "providerUserInfo": [
                    {"providerId": "google.com", "rawId": "1177", "email": "alice@example.com", "displayName": "Alice"},
                    {"providerId": "password", "rawId": "alice@example.com"},
                ],
            },
            {"localId": "fb2", "phoneNumber": "+12025550107", "disabled": True, "providerUserInfo": []},
        ]
    }
    without = imported(json.dumps(document), dry_run=True)
    assert problems(without) == [(1, 1, "passwordHash", "user_import.options_missing")]
    done = imported(json.dumps(document), secrets=FIREBASE)
    assert (done.source, counts(done), problems(done)) == ("firebase", (2, 2, 0, 0, 0), [])
    alice = by_email("alice@example.com")
    assert verify_user_password(alice, PASSWORD)
    assert alice.identities["google"]["userId"] == "1177"
    assert (alice.created_at.year, alice.name) == (2020, "Alice")
    assert User.objects.get(primary_phone="12025550107").is_suspended
    assert done.sealed_options is None


def test_firebase_csv_has_no_header(imported: Importing) -> None:
    cells = [""] * 28
    cells[:6] = ["fb1", "alice@example.com", "true", firebase_hash("c2FsdHNhbHQ="), "c2FsdHNhbHQ=", '"Archer, Alice"']
    cells[7:10] = ["1177", "alice@example.com", "Alice"]
    cells[23:25] = ["1600000000000", "1700000000000"]
    cells[27] = '"{""plan"":""pro""}"'
    bob = [""] * 26
    bob[0], bob[2], bob[23], bob[25] = "fb2", "false", "1600000000000", "+12025550107"
    content = "".join(",".join(row) + ",\n" for row in (cells, bob))
    done = imported(content, secrets=FIREBASE)
    assert (done.source, done.layout, counts(done), problems(done)) == ("firebase", "csv", (2, 2, 0, 0, 0), [])
    alice = by_email("alice@example.com")
    assert verify_user_password(alice, PASSWORD)
    assert (alice.identities["google"]["userId"], alice.name) == ("1177", "Archer, Alice")
    assert alice.custom_data == {"customClaims": {"plan": "pro"}}
    assert User.objects.get(primary_phone="12025550107").created_at.year == 2020


# --- Supabase --------------------------------------------------------------------------------------------------------


def test_supabase_rows(imported: Importing) -> None:
    header = (
        "id,email,encrypted_password,email_confirmed_at,phone,phone_confirmed_at,raw_app_meta_data,"
        "raw_user_meta_data,created_at,last_sign_in_at,banned_until,deleted_at,is_anonymous"
    )
    meta = '"{""provider"": ""email"", ""providers"": [""email""], ""tier"": 2}"'
    named = '"{""full_name"": ""Alice"", ""sub"": ""6a0e"", ""city"": ""Bern""}"'
    rows = [
        header,
        f"6a0e,alice@example.com,{BCRYPT},2024-01-02 03:04:05.678+00,,,{meta},{named},2023-01-02 03:04:05+00,,,,f",
        "6a0f,bob@example.com,,2024-01-02 03:04:05+00,,,"
        '"{""provider"": ""github""}","{""sub"": ""77"", ""name"": ""Bob""}",2023-01-02 03:04:05+00,,infinity,,f',
        "6a10,,,,,,,,2023-01-02 03:04:05+00,,,,t",
    ]
    done = imported("\n".join(rows))
    assert (done.source, counts(done), problems(done)) == ("supabase", (3, 2, 0, 1, 0), [])
    alice, bob = by_email("alice@example.com"), by_email("bob@example.com")
    assert verify_user_password(alice, PASSWORD)
    assert (alice.name, alice.custom_data, alice.identities) == ("Alice", {"city": "Bern", "tier": 2}, {})
    assert (bob.identities, bob.is_suspended) == ({"github": {"userId": "77"}}, True)


# --- Cognito ---------------------------------------------------------------------------------------------------------


def test_cognito_csv(imported: Importing) -> None:
    content = (
        "cognito:username,name,given_name,family_name,email,email_verified,phone_number,phone_number_verified,"
        "cognito:mfa_enabled,custom:plan,updated_at\n"
        "alice,Alice Archer,Alice,Archer,alice@example.com,true,+12025550107,true,false,pro,\n"
        "8b1f0c1e-1111-4222-8333-444455556666,,,,bob@example.com,false,,,false,,\n"
    )
    done = imported(content)
    assert (done.source, problems(done)) == (
        "cognito", [(2, 3, "primaryEmail", "user_import.unverified_identifier")],
    )  # fmt: skip
    alice = by_name("alice")
    assert (alice.primary_phone, alice.custom_data) == ("12025550107", {"plan": "pro"})
    assert (alice.profile, alice.has_password) == ({"givenName": "Alice", "familyName": "Archer"}, False)


# --- Django ----------------------------------------------------------------------------------------------------------


def test_django_dumpdata(imported: Importing) -> None:
    Role.objects.create(name="editors", description="")
    digests = {
        "alice": f"pbkdf2_sha256$1000$salt${b64(hashlib.pbkdf2_hmac('sha256', BYTES, b'salt', 1000))}",
        "bob": f"argon2{ARGON2}",
        "carol": f"bcrypt${BCRYPT}",
        "dora": f"md5$salt${hashlib.md5(b'salt' + BYTES).hexdigest()}",
        "emil": "!unusable",
        "fred": "scrypt$16384$salt$8$1$abc",
        "gina": BCryptSHA256PasswordHasher().encode(PASSWORD, bcrypt.gensalt(4)),  # type: ignore[arg-type]  # takes bytes
        "hugo": ScryptPasswordHasher().encode(PASSWORD, "salt", n=1024),
    }
    dump: list[dict[str, Any]] = [{"model": "auth.group", "pk": 1, "fields": {"name": "editors"}}]
    for key, (name, digest) in enumerate(digests.items(), start=1):
        fields = {
            "username": name, "password": digest, "email": "", "first_name": name.title(), "last_name": "",
            "is_active": name != "bob", "is_staff": False, "groups": [["editors"]], "user_permissions": [],
            "date_joined": "2020-01-02T03:04:05Z", "last_login": None, "department": "Sales",
        }  # fmt: skip
        dump.append({"model": "auth.user", "pk": key, "fields": fields})
    done = imported(json.dumps(dump, indent=1))
    assert (done.source, counts(done)) == ("django", (9, 7, 0, 1, 1))
    assert [problem[2:] for problem in problems(done)] == [("passwordDigest", "user_import.unsupported_password")]
    for name in ("alice", "bob", "carol", "dora", "gina", "hugo"):
        assert verify_user_password(by_name(name), PASSWORD), name
    assert not by_name("emil").has_password
    assert by_name("bob").is_suspended
    alice = by_name("alice")
    assert (alice.custom_data, alice.name) == ({"department": "Sales"}, "Alice")
    assert [role.name for role in alice.roles.all()] == ["editors"]


@pytest.mark.parametrize("group", ["a\x00b", "\ud800", ["a\x00b"], [["a\x00b"]], []])
@pytest.mark.parametrize("dry_run", [True, False])
def test_django_groups_without_a_name_refuse_a_row_and_not_the_file(
    imported: Importing, group: Any, dry_run: bool
) -> None:
    """Names of groups were looked up as they came: one with NUL ended the import half-written, and so each time."""
    Role.objects.create(name="editors", description="")
    dump = [
        {"model": "auth.user", "pk": key, "fields": {"password": "!", "username": name, "groups": groups}}
        for key, (name, groups) in enumerate({"alice": [["editors"], 7], "mallory": [["editors"], group]}.items())
    ]
    done = imported("\n".join(map(json.dumps, dump)), dry_run=dry_run)

    assert done.status == ("Checked" if dry_run else "Completed")
    assert counts(done) == (2, 1, 0, 0, 1)
    assert problems(done) == [(2, 2, "fields.groups", "user_import.invalid_value")]


# --- Logto -----------------------------------------------------------------------------------------------------------


def test_logto_rows_of_its_table(imported: Importing) -> None:
    row = {
        "tenant_id": "default",
        "id": "k3jd92ks01la",
        "username": "alice",
        "primary_email": "alice@example.com",
        "primary_phone": None,
        "password_encrypted": ARGON2,
        "password_encryption_method": "Argon2id",
        "name": "Alice",
        "avatar": None,
        "profile": {"nickname": "Al"},
        "application_id": None,
        "identities": {"github": {"userId": "77", "details": {"id": "77"}}},
        "custom_data": {"plan": "pro"},
        "logto_config": {"mfa": {"enabled": True}},
        "mfa_verifications": [
            {"type": "Totp", "id": "a", "createdAt": "2024-01-02T03:04:05Z", "key": "JBSWY3DPEHPK3PXP"},
            {"type": "WebAuthn", "id": "b", "credentialId": "Y3JlZA", "publicKey": "a2V5", "counter": 1, "agent": "x"},
            {"type": "BackupCode", "id": "c", "codes": [{"code": "00000000aa"}, {"code": "00000000ab", "usedAt": "x"}]},
        ],
        "is_suspended": False,
        "last_sign_in_at": "2024-01-02T03:04:05.678+00:00",
        "created_at": "2023-01-02T03:04:05.678+00:00",
    }
    done = imported(json.dumps(row), keepIds=True)
    assert (done.source, counts(done), problems(done)) == ("logto", (1, 1, 0, 0, 0), [])
    alice = User.objects.get(id="k3jd92ks01la")
    assert verify_user_password(alice, PASSWORD)
    assert alice.account_settings["mfa"]["enabled"] is True
    assert set(Factor.objects.values_list("type", flat=True)) == {"Totp", "WebAuthn", "BackupCode"}
    assert len(Factor.objects.get(type="BackupCode").details["codes"]) == 1


def test_logto_users_of_its_management_api(imported: Importing) -> None:
    row: dict[str, Any] = {"id": "k3jd92ks01la", "username": "alice", "primaryEmail": None, "customData": {}}
    row |= {"hasPassword": False, "updatedAt": 1_700_000_000_000, "createdAt": 1_600_000_000_000}
    assert imported(json.dumps([row])).source == "logto"
    assert by_name("alice").created_at.year == 2020


# --- What files say themselves ---------------------------------------------------------------------------------------

OWN_HASHES = {
    "Argon2id": ARGON2,
    "Bcrypt": BCRYPT,
    "SHA1": hashlib.sha1(BYTES).hexdigest(),
    "SHA256": hashlib.sha256(BYTES).hexdigest(),
    "MD5": hashlib.md5(BYTES).hexdigest(),
    "Argon2i": argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, type=argon2.Type.I).hash(PASSWORD),
    "Argon2d": argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, type=argon2.Type.D).hash(PASSWORD),
    "Legacy": json.dumps(["sha512", ["salt", "@"], hashlib.sha512(b"salt" + BYTES).hexdigest()]),
}


@pytest.mark.parametrize("method", OWN_HASHES)
def test_every_method_of_the_management_api(imported: Importing, method: str) -> None:
    row = {"username": "alice", "passwordDigest": OWN_HASHES[method], "passwordAlgorithm": method}
    assert problems(imported(json.dumps(row))) == []
    alice = by_name("alice")
    assert not verify_user_password(alice, "another password")
    assert verify_user_password(alice, PASSWORD)


def test_the_most_specific_source_is_detected() -> None:
    assert detect_source({"email": "alice@example.com"}).name == "gatehouse"
    assert detect_source({"email": "a", "user_metadata": {}, "identities": []}).name == "auth0"


def test_a_firebase_recipe_fits_the_column() -> None:
    recipe = firebase_scrypt(
        salt=b64(bytes(16)),
        signer_key=b64(bytes(64)),
        separator="Bw==",
        rounds=8,
        memory_cost=14,
        digest=b64(bytes(64)),
    )
    assert len(recipe.encrypted) <= 256
    assert FirebaseScryptRecipe.parse(*json.loads(recipe.encrypted)[1:]).rounds == 8
