"""Signatures of requests against the examples that the providers publish."""

from datetime import UTC, datetime

from connectors.kinds import aliyun_api
from connectors.kinds.amazon_ses import signature as amazon
from connectors.kinds.tencent_sms import signature as tencent


def test_aws_signature_version_4() -> None:
    """`get-vanilla` of Amazon's test suite for the signature."""
    headers = amazon.sign_request(
        "GET",
        "https://example.amazonaws.com/",
        headers={},
        payload=b"",
        access_key_id="AKIDEXAMPLE",
        access_key_secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        region="us-east-1",
        service="service",
        moment=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )


def test_acs3_hmac_sha256() -> None:
    """The example with fixed values in Alibaba Cloud's description of the signature."""
    headers = aliyun_api.sign_request(
        "https://ecs.cn-shanghai.aliyuncs.com/",
        action="RunInstances",
        version="2014-05-26",
        query={"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        headers={},
        payload=b"",
        access_key_id="YourAccessKeyId",
        access_key_secret="YourAccessKeySecret",
        nonce="3156853299f313e23d1673dc12e1703d",
        moment=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
    )
    assert headers["authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tc3_hmac_sha256() -> None:
    """The example in Tencent Cloud's description of the signature."""
    headers = tencent.sign_request(
        "https://cvm.tencentcloudapi.com",
        payload=b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
        service="cvm",
        secret_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        secret_key="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        moment=datetime.fromtimestamp(1551113065, UTC),
    )
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )
