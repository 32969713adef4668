from registry.models.ai_models import AIModel, RegistrationStatus
from registry.models.answers import KeptAnswer
from registry.models.audit import AccessKind, AccessRecord, AuditEvent, AuditHead, AuditVerb
from registry.models.base_model_families import AddedFamily
from registry.models.corrections import Correction, CorrectionKind
from registry.models.invitations import Invitation, MembershipEvent, MembershipVerb
from registry.models.numbers import Listing, NumberCounter, NumberKind, NumberStatus, OfficialNumber
from registry.models.organizations import Organization
from registry.models.people import Membership, MembershipRole, Role, SignInDevice, StaffRole, User
from registry.models.services import Service
from registry.models.sources import Source, SourceKind, Viewer
from registry.models.statements import (
    Derivation,
    ModelStatement,
    OrganizationStatement,
    ServiceStatement,
    TrainingCompute,
    TrainingDataDeclaration,
)
from registry.models.tokens import ApiToken, Scope

__all__ = [
    "AIModel",
    "AccessKind",
    "AccessRecord",
    "AddedFamily",
    "ApiToken",
    "AuditEvent",
    "AuditHead",
    "AuditVerb",
    "Correction",
    "CorrectionKind",
    "Derivation",
    "Invitation",
    "KeptAnswer",
    "Listing",
    "Membership",
    "MembershipEvent",
    "MembershipRole",
    "MembershipVerb",
    "ModelStatement",
    "NumberCounter",
    "NumberKind",
    "NumberStatus",
    "OfficialNumber",
    "Organization",
    "OrganizationStatement",
    "RegistrationStatus",
    "Role",
    "Scope",
    "Service",
    "ServiceStatement",
    "SignInDevice",
    "Source",
    "SourceKind",
    "StaffRole",
    "TrainingCompute",
    "TrainingDataDeclaration",
    "User",
    "Viewer",
]
