"""Each provider's configuration, and its answers as it documents them: one that takes a message, and refusals."""

from dataclasses import dataclass, field
from typing import Any

TYPES = ("SignIn", "Register", "ForgotPassword", "Generic")
SECRET = "s3cr3t-Key_of.the-provider"


def templates(**members: Any) -> list[dict[str, Any]]:
    """The four types that are needed, each with the same members."""
    return [{"usageType": usage_type, **members} for usage_type in TYPES]


@dataclass(frozen=True)
class Case:
    """A provider; refusals are `(status, body, kind, is permanent)`."""

    config: dict[str, Any]
    accepted: tuple[int, Any]
    refusals: list[tuple[int, Any, str, bool]]
    headers: dict[str, str] = field(default_factory=dict)
    recipient: str = ""
    method: str = "POST"

    def changes(self) -> dict[str, str]:
        """Whom a message goes to where the provider does not send to everybody."""
        return {"recipient": self.recipient} if self.recipient else {}


def _sendgrid(message: str, member: str | None = None) -> dict[str, Any]:
    return {"errors": [{"message": message, "field": member, "help": None}]}


def _meta(code: int, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Az8or2yhqkZfEZ"}}


def _vonage(status: str, text: str) -> dict[str, Any]:
    return {"message-count": "1", "messages": [{"status": status, "error-text": text}]}


def _tencent(code: str, message: str) -> dict[str, Any]:
    status = {"SerialNo": "", "PhoneNumber": "+4915112345678", "Fee": 0, "Code": code, "Message": message}
    return {"Response": {"SendStatusSet": [status], "RequestId": "a0aabda6"}}


def _tencent_error(code: str, message: str) -> dict[str, Any]:
    return {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "a0aabda6"}}


def _twilio(code: int, message: str, status: int) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def _yunpian(code: int, message: str) -> dict[str, Any]:
    return {"http_status_code": 400, "code": code, "msg": message, "detail": f"{message}: …"}


EMAIL = {
    "mailjunky-email-service": Case(
        {"apiKey": SECRET, "fromEmail": "no-reply@example.com", "fromName": "Acme, Inc."},
        (200, {"id": "email_abc123", "message_id": "<1.2@example.com>", "status": "sent"}),
        [
            (401, {"message": "Invalid API key", "code": "unauthorized"}, "credentials_refused", True),
            (403, {"message": "Domain not verified"}, "credentials_refused", True),
            (422, {"message": "Invalid recipient"}, "message_refused", True),
            (429, {"message": "Too many requests"}, "rate_limited", False),
            (500, "", "provider_unavailable", False),
            (200, {}, "unexpected_answer", True),
        ],
    ),
    "sendgrid-email-service": Case(
        {"apiKey": SECRET, "fromEmail": "no-reply@example.com", "fromName": "Acme, Inc."},
        (202, ""),
        [
            (
                401,
                _sendgrid("The provided authorization grant is invalid, expired, or revoked"),
                "credentials_refused",
                True,
            ),
            (
                403,
                _sendgrid("The from address does not match a verified Sender Identity", "from"),
                "sender_refused",
                True,
            ),
            (
                400,
                _sendgrid("Does not contain a valid address.", "personalizations.0.to.0.email"),
                "recipient_refused",
                True,
            ),
            (400, _sendgrid("The content value must be a string", "content.0.value"), "message_refused", True),
            (413, "", "message_refused", True),
            (429, _sendgrid("too many requests"), "rate_limited", False),
            (500, "", "provider_unavailable", False),
            (503, "<html>no</html>", "provider_unavailable", False),
            (301, "", "unexpected_answer", True),
        ],
    ),
    "mailgun-email": Case(
        {"domain": "mg.example.com", "apiKey": SECRET, "from": "Acme <no-reply@mg.example.com>"},
        (200, {"id": "<20160306015544.116301.25145@mg.example.com>", "message": "Queued. Thank you."}),
        [
            (401, "Forbidden", "credentials_refused", True),
            (404, {"message": "Domain not found: mg.example.com"}, "sender_refused", True),
            (
                400,
                {"message": "'to' parameter is not a valid address. please check documentation"},
                "message_refused",
                True,
            ),
            (200, "Mailgun Magnificent API", "unexpected_answer", True),
            (200, {"odd": True}, "unexpected_answer", True),
            (
                429,
                {"message": "Domain mg.example.com is not allowed to send: recipient limit exceeded"},
                "rate_limited",
                False,
            ),
            (500, "", "provider_unavailable", False),
        ],
    ),
    "postmark-mail": Case(
        {"serverToken": SECRET, "fromEmail": "Acme <no-reply@example.com>"},
        (
            200,
            {
                "To": "bob@example.com",
                "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
                "ErrorCode": 0,
                "Message": "OK",
            },
        ),
        [
            (
                401,
                {"ErrorCode": 10, "Message": "Request does not contain a valid Server token."},
                "credentials_refused",
                True,
            ),
            (
                422,
                {"ErrorCode": 400, "Message": "The 'From' address you supplied is not a Sender Signature"},
                "sender_refused",
                True,
            ),
            (
                422,
                {
                    "ErrorCode": 406,
                    "Message": "You tried to send to recipient(s) that have been marked as inactive. "
                    "Found inactive addresses: bob@example.com. Inactive recipients are ones that have bounced.",
                },
                "recipient_refused",
                True,
            ),
            (422, {"ErrorCode": 412, "Message": "While your account is pending approval, …"}, "account_limited", True),
            (
                422,
                {"ErrorCode": 1101, "Message": "The template associated with this alias was not found"},
                "template_not_found",
                True,
            ),
            (429, {"ErrorCode": 429, "Message": "Rate limit exceeded"}, "rate_limited", False),
            (503, "", "provider_unavailable", False),
            (200, [], "unexpected_answer", True),
        ],
    ),
    "aws-ses-mail": Case(
        {
            "accessKeyId": "AKIDEXAMPLE",
            "accessKeySecret": SECRET,
            "region": "eu-central-1",
            "emailAddress": "Acme <no-reply@example.com>",
            "configurationSetName": "events",
            "feedbackForwardingEmailAddress": "bounces@example.com",
        },
        (200, {"MessageId": "010001-abc"}),
        [
            (
                403,
                {
                    "message": "The security token included in the request is invalid.",
                    "__type": "UnrecognizedClientException",
                },
                "credentials_refused",
                True,
            ),
            (
                403,
                {"message": "…", "__type": "com.amazon.coral.service#SignatureDoesNotMatch:http://internal/"},
                "credentials_refused",
                True,
            ),
            (400, {"message": "Email address is not verified.", "__type": "MessageRejected"}, "message_refused", True),
            (400, {"message": "…", "__type": "MailFromDomainNotVerifiedException"}, "sender_refused", True),
            (400, {"message": "…", "__type": "SendingPausedException"}, "account_limited", True),
            (
                429,
                {"message": "Maximum sending rate exceeded.", "__type": "TooManyRequestsException"},
                "rate_limited",
                False,
            ),
            (500, "", "provider_unavailable", False),
        ],
    ),
    "smtp2go-email-service": Case(
        {"apiKey": SECRET, "sender": "no-reply@example.com", "senderName": "Acme"},
        (
            200,
            {
                "request_id": "aa253464",
                "data": {"succeeded": 1, "failed": 0, "failures": [], "email_id": "1er8bV-6Tw0Mi-7h"},
            },
        ),
        [
            (
                400,
                {
                    "data": {
                        "error": "You do not have permission to access this API endpoint",
                        "error_code": "E_ApiResponseCodes.ENDPOINT_PERMISSION_DENIED",
                    }
                },
                "credentials_refused",
                True,
            ),
            (
                400,
                {"data": {"error": "…", "error_code": "E_ApiResponseCodes.SENDER_NOT_VERIFIED"}},
                "sender_refused",
                True,
            ),
            (
                400,
                {"data": {"error": "…", "error_code": "E_ApiResponseCodes.NON_VALIDATING_IN_PAYLOAD"}},
                "message_refused",
                True,
            ),
            (
                200,
                {"data": {"succeeded": 0, "failed": 1, "failures": ["bob@example.com is suppressed"]}},
                "recipient_refused",
                True,
            ),
            (200, {"data": {}}, "unexpected_answer", True),
            (200, "", "unexpected_answer", True),
            (401, {"data": {"error": "The API Key passed was not found"}}, "credentials_refused", True),
            (429, {"data": {"error": "Too many requests"}}, "rate_limited", False),
        ],
    ),
    "aliyun-direct-mail": Case(
        {
            "accessKeyId": "testid",
            "accessKeySecret": SECRET,
            "accountName": "no-reply@mail.example.com",
            "fromAlias": "Acme",
        },
        (200, {"EnvId": "600000000077", "RequestId": "12D086F6-8F31-4658-84C1-006DED011A85"}),
        [
            (
                404,
                {"Code": "InvalidAccessKeyId.NotFound", "Message": "Specified access key is not found."},
                "credentials_refused",
                True,
            ),
            (400, {"Code": "SignatureDoesNotMatch", "Message": "…"}, "credentials_refused", True),
            (
                404,
                {"Code": "InvalidMailAddress.NotFound", "Message": "The specified mailAddress does not exist."},
                "sender_refused",
                True,
            ),
            (400, {"Code": "InvalidToAddress", "Message": "…"}, "recipient_refused", True),
            (400, {"Code": "InvalidSendMail.Spam", "Message": "…"}, "message_refused", True),
            (
                400,
                {"Code": "Throttling.User", "Message": "Request was denied due to user flow control."},
                "rate_limited",
                False,
            ),
            (503, {"Code": "ServiceUnavailable", "Message": "…"}, "provider_unavailable", False),
        ],
    ),
}

SMS = {
    "twilio-short-message-service": Case(
        {"accountSID": "AC0123", "authToken": SECRET, "fromMessagingServiceSID": "MG0123"},
        (201, {"sid": "SM0123", "status": "accepted", "error_code": None}),
        [
            (401, _twilio(20003, "Authenticate", 401), "credentials_refused", True),
            (404, _twilio(20404, "The requested resource was not found", 404), "credentials_refused", True),
            (
                400,
                _twilio(21211, "The 'To' number +4915112345678 is not a valid phone number.", 400),
                "recipient_refused",
                True,
            ),
            (400, _twilio(21610, "Attempt to send to unsubscribed recipient", 400), "recipient_refused", True),
            (400, _twilio(21703, "The Messaging Service does not have any phone numbers", 400), "sender_refused", True),
            (
                400,
                _twilio(21617, "The concatenated message body exceeds the 1600 character limit", 400),
                "message_refused",
                True,
            ),
            (429, _twilio(20429, "Too Many Requests", 429), "rate_limited", False),
            (503, "", "provider_unavailable", False),
        ],
    ),
    "whatsapp-short-message-service": Case(
        {
            "accessToken": SECRET,
            "phoneNumberId": "106540352242922",
            "templates": templates(templateName="verification_code", language="en_US"),
        },
        (
            200,
            {
                "messaging_product": "whatsapp",
                "contacts": [{"wa_id": "4915112345678"}],
                "messages": [{"id": "wamid.A"}],
            },
        ),
        [
            (401, _meta(190, "Error validating access token: Session has expired"), "credentials_refused", True),
            (400, _meta(131030, "(#131030) Recipient phone number not in allowed list"), "recipient_refused", True),
            (
                404,
                _meta(132001, "(#132001) Template name does not exist in the translation"),
                "template_not_found",
                True,
            ),
            (400, _meta(131042, "(#131042) Business eligibility payment issue"), "account_limited", True),
            (400, _meta(130429, "(#130429) Rate limit hit"), "rate_limited", False),
            (400, _meta(100, "Invalid parameter"), "message_refused", True),
            (500, _meta(131016, "Service unavailable"), "provider_unavailable", False),
        ],
    ),
    "vonage-sms": Case(
        {"apiKey": "abcd1234", "apiSecret": SECRET, "brandName": "Acme"},
        (200, {"message-count": "1", "messages": [{"to": "4915112345678", "message-id": "aaa", "status": "0"}]}),
        [
            (200, _vonage("4", "Invalid credentials"), "credentials_refused", True),
            (200, _vonage("7", "Number barred"), "recipient_refused", True),
            (200, _vonage("15", "Illegal Sender Address - rejected"), "sender_refused", True),
            (200, _vonage("9", "Quota exceeded - rejected"), "account_limited", True),
            (200, _vonage("3", "Invalid value for parameter"), "message_refused", True),
            (200, _vonage("1", "Throughput rate exceeded"), "rate_limited", False),
            (200, _vonage("5", "Internal error"), "provider_unavailable", False),
            (200, {"messages": []}, "unexpected_answer", True),
            (200, {"messages": [{}]}, "unexpected_answer", True),
            (200, "<html>", "unexpected_answer", True),
            (420, "", "message_refused", True),
        ],
    ),
    "aliyun-short-message-service": Case(
        {
            "accessKeyId": "testid",
            "accessKeySecret": SECRET,
            "signName": "阿里云",
            "templates": templates(templateCode="SMS_1"),
        },
        (200, {"Code": "OK", "Message": "OK", "BizId": "9006197469364984", "RequestId": "F655A8D5"}),
        [
            (404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "…"}, "credentials_refused", True),
            (200, {"Code": "isp.RAM_PERMISSION_DENY", "Message": "…"}, "credentials_refused", True),
            (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "…"}, "recipient_refused", True),
            (200, {"Code": "isv.SMS_SIGNATURE_ILLEGAL", "Message": "…"}, "sender_refused", True),
            (200, {"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "…"}, "template_not_found", True),
            (200, {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "…"}, "account_limited", True),
            (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "…"}, "rate_limited", False),
            (200, {"Code": "isv.SOMETHING_NEW", "Message": "…"}, "message_refused", True),
            (400, {"Code": "Throttling.User", "Message": "…"}, "rate_limited", False),
            (200, {"Code": "isp.SYSTEM_ERROR", "Message": "…"}, "provider_unavailable", False),
            (200, "", "unexpected_answer", True),
        ],
    ),
    "tencent-short-message-service": Case(
        {
            "accessKeyId": "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
            "accessKeySecret": SECRET,
            "signName": "腾讯云",
            "sdkAppId": "1400006666",
            "region": "ap-guangzhou",
            "templates": templates(templateCode="1110"),
        },
        (200, _tencent("Ok", "send success")),
        [
            (200, _tencent_error("AuthFailure.SignatureFailure", "…"), "credentials_refused", True),
            (200, _tencent("FailedOperation.SignatureIncorrectOrUnapproved", "…"), "sender_refused", True),
            (200, _tencent("FailedOperation.TemplateIncorrectOrUnapproved", "…"), "template_not_found", True),
            (200, _tencent("FailedOperation.PhoneNumberInBlacklist", "…"), "recipient_refused", True),
            (200, _tencent("FailedOperation.InsufficientBalanceInSmsPackage", "…"), "account_limited", True),
            (200, _tencent("LimitExceeded.PhoneNumberThirtySecondLimit", "…"), "rate_limited", False),
            (200, _tencent_error("InternalError.Timeout", "…"), "provider_unavailable", False),
            (200, _tencent("Something.New", "…"), "message_refused", True),
            (200, {"Response": {}}, "unexpected_answer", True),
            (502, "", "provider_unavailable", False),
        ],
    ),
    "gatewayapi-sms": Case(
        {"endpoint": "https://gatewayapi.eu/rest/mtsms", "apiToken": SECRET, "sender": "Acme"},
        (200, {"ids": [421332671], "usage": {"countries": {"DE": 1}, "currency": "EUR", "total_cost": 0.06}}),
        [
            (401, {"code": "0x0101", "message": "Unauthorized"}, "credentials_refused", True),
            (422, {"code": "0x0201", "message": "Invalid recipient"}, "message_refused", True),
            (429, "", "rate_limited", False),
            (500, {"code": "0x0000", "message": "Internal error"}, "provider_unavailable", False),
            (200, {}, "unexpected_answer", True),
        ],
    ),
    "smsaero-short-message-service": Case(
        {"email": "dev@example.com", "apiKey": SECRET, "senderName": "SMS Aero"},
        (200, {"success": True, "data": {"id": 1, "status": 8, "extendStatus": "moderation"}, "message": None}),
        [
            (
                401,
                {"success": False, "message": "Your request was made with invalid credentials."},
                "credentials_refused",
                True,
            ),
            (200, {"success": False, "data": None, "message": "Not enough money"}, "account_limited", True),
            (
                400,
                {"success": False, "data": {"number": ["Неверный номер"]}, "message": "Validation error."},
                "recipient_refused",
                True,
            ),
            (400, {"success": False, "data": {"sign": ["…"]}, "message": "Validation error."}, "sender_refused", True),
            (400, {"success": False, "data": {"text": ["…"]}, "message": "Validation error."}, "message_refused", True),
            (429, "", "rate_limited", False),
            (502, "", "provider_unavailable", False),
            (200, "", "unexpected_answer", True),
        ],
    ),
    "smsbao-sms": Case(
        {"username": "acme", "passwordOrApiKey": SECRET, "templates": templates(content="Code {{code}}")},
        (200, "0"),
        [
            (200, "30", "credentials_refused", True),
            (200, "40", "credentials_refused", True),
            (200, "41", "account_limited", True),
            (200, "43", "credentials_refused", True),
            (200, "50", "message_refused", True),
            (200, "51\n", "recipient_refused", True),
            (502, "", "provider_unavailable", False),
            (200, "", "unexpected_answer", True),
            (200, "<html>", "unexpected_answer", True),
        ],
        method="GET",
    ),
    "yunpian-sms": Case(
        {"apikey": SECRET, "enableInternational": True, "templates": templates(content="Code {{code}}")},
        (200, {"code": 0, "msg": "发送成功", "count": 1, "fee": 0.05, "unit": "RMB", "mobile": "1", "sid": 3310228064}),
        [
            (400, _yunpian(-1, "非法的apikey"), "credentials_refused", True),
            (400, _yunpian(3, "账户余额不足"), "account_limited", True),
            (400, _yunpian(5, "未自动匹配到合适的模板"), "template_not_found", True),
            (400, _yunpian(2, "请求参数格式错误"), "recipient_refused", True),
            (400, _yunpian(33, "超过频率"), "rate_limited", False),
            (400, _yunpian(999, "?"), "message_refused", True),
            (200, _yunpian(4, "包含屏蔽词"), "message_refused", True),
            (503, "", "provider_unavailable", False),
            (200, "", "unexpected_answer", True),
        ],
    ),
    "aliyun-short-message-auth-service": Case(
        {
            "accessKeyId": "LTAI0123",
            "accessKeySecret": SECRET,
            "signName": "速通互联验证码",
            "templates": templates(templateCode="100001"),
        },
        (200, {"Code": "OK", "Message": "成功", "Success": True, "Model": {"BizId": "112231421412414124"}}),
        [
            (200, {"Code": "MOBILE_NUMBER_ILLEGAL", "Message": "…", "Success": False}, "recipient_refused", True),
            (200, {"Code": "isv.SMS_SIGNATURE_ILLEGAL", "Message": "…"}, "sender_refused", True),
            (200, {"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "…"}, "template_not_found", True),
            (200, {"Code": "biz.FREQUENCY", "Message": "check frequency failed"}, "rate_limited", False),
            (200, {"Code": "FUNCTION_NOT_OPENED", "Message": "…"}, "account_limited", True),
            (200, {"Code": "UNKNOWN", "Message": "…"}, "message_refused", True),
            (404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "…"}, "credentials_refused", True),
            (503, {"Code": "ServiceUnavailable", "Message": "…"}, "provider_unavailable", False),
            (200, "", "unexpected_answer", True),
        ],
        recipient="8613800138000",
    ),
}

ALL = EMAIL | SMS
