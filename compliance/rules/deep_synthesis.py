"""DS: duties of deep synthesis (深度合成)."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.pointer import ROOT
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import ALGORITHM, ALL_KINDS, ERROR, GENERATIVE, rule
from compliance.rules.context import Context
from compliance.rules.problems import Problem, absent, not_true
from compliance.rules.reading import BIOMETRIC, SERVICE, functions, is_generative, is_missing


@rule(
    "DS-01",
    "Users not verified by real identity",
    level=ERROR,
    cites=("DS 9",),
    kinds=ALL_KINDS,
    messages={
        "none": (
            "Identity verification is declared as none, but the service is public and generative.",
            "真实身份信息认证填为“无”；该服务面向公众且具有生成功能。",
        )
    },
)
def verifies_real_identity(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A public generative service must verify its users by mobile number, ID number, credit code or network ID.

    Why: Article 9 forbids providing publishing services to unverified users.

    Fix: verify users with one of the four methods, and declare it.

    标题：未进行真实身份信息认证

    要求：面向公众的生成式服务须通过手机号码、身份证件号码、统一社会信用代码或网络身份认证核验用户。

    理由：第九条规定不得向未经认证的使用者提供信息发布服务。

    补正：采用其中一种认证方式，并如实填写。
    """
    service = dossier.service
    if not (service.public and is_generative(service)):
        return
    if is_missing(service.identity_verification):
        yield absent(SERVICE / "identity_verification")
    elif service.identity_verification == "none":
        yield Problem(SERVICE / "identity_verification", "none")


@rule("DS-02", "Face or voice edited without separate consent", level=ERROR, cites=("DS 14",), kinds=ALL_KINDS)
def asks_separate_consent_for_biometrics(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A service that edits faces or voices must prompt its users to obtain the separate consent of the person edited.

    Why: a face or a voice belongs to the person edited, not to the user who uploads it.

    Fix: prompt for the consent in the product, then declare it.

    标题：人脸、人声编辑未取得单独同意

    要求：提供人脸、人声编辑功能的，须提示使用者告知被编辑的个人并取得其单独同意。

    理由：人脸、人声等生物识别信息属于被编辑的个人。

    补正：在产品中提示取得单独同意，并如实填写。
    """
    service = dossier.service
    if functions(service) & BIOMETRIC and service.separate_consent_for_biometrics is not True:
        yield not_true(SERVICE / "separate_consent_for_biometrics", service.separate_consent_for_biometrics)


@rule(
    "DS-03",
    "Biometric generation without security assessment",
    level=ERROR,
    cites=("DS 15",),
    kinds={ALGORITHM, GENERATIVE},
)
def assesses_biometric_generation(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A tool that generates or edits faces, voices or other biometrics must have a security assessment.

    Why: Article 15 requires it, by the provider itself or by a professional body.

    Fix: carry out the assessment and fill in the assessment section.

    标题：生物识别信息生成或编辑未开展安全评估

    要求：具有生成或者编辑人脸、人声等生物识别信息功能的，须开展安全评估。

    理由：第十五条要求自行或者委托专业机构开展安全评估。

    补正：开展安全评估并填写评估信息。
    """
    uses_biometrics = dossier.algorithm is not None and dossier.algorithm.uses_biometrics
    if (functions(dossier.service) & BIOMETRIC or uses_biometrics) and is_missing(dossier.assessment):
        yield absent(ROOT / "assessment")
