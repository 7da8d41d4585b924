//! Problems and warnings about documents, each with a code that never changes its meaning.

use serde::{Deserialize, Serialize};

use crate::id::RepoPath;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The document was not taken, or the fabric would refuse it.
    Error,
    /// It was taken; somebody should look at it.
    Warning,
}

/// What a finding means for the document that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// The document is not taken: it has no identity, or a shape that the fabric's API would not even read.
    Refused,
    /// The fabric would refuse what it means; whether it is taken is the fabric's policy.
    Wrong,
    /// It is taken; somebody should look at it.
    Warning,
}

/// Declares the codes: what it says in general, variant, what is written, weight.
macro_rules! codes {
    ($(#[doc = $doc:literal] $name:ident = $text:literal, $weight:ident;)*) => {
        /// What a finding is about. The text form (`FGD-101`) is stable and may be searched for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        pub enum Code {
            $(#[doc = $doc] #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The stable text form.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// What a finding with this code means for its document.
            pub fn weight(self) -> Weight {
                match self { $(Code::$name => Weight::$weight,)* }
            }

            /// What the code says in general, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$name => $doc.trim_ascii_start(),)* }
            }

            /// How bad a finding with this code is.
            pub fn severity(self) -> Severity {
                match self.weight() {
                    Weight::Refused | Weight::Wrong => Severity::Error,
                    Weight::Warning => Severity::Warning,
                }
            }
        }
    };
}

codes! {
    /// The text is not YAML.
    Syntax = "FGD-101", Refused;
    /// The file is not UTF-8 text.
    Encoding = "FGD-102", Refused;
    /// A mapping has the same key twice.
    DuplicateKey = "FGD-103", Refused;
    /// The file or the document is too large, nested too deeply, or its aliases expand to too much.
    TooLarge = "FGD-104", Refused;
    /// The document holds a Git conflict marker.
    ConflictMarker = "FGD-105", Refused;
    /// The document is not a mapping with apiVersion, kind and metadata.name.
    NotAnObject = "FGD-201", Refused;
    /// The object's name or namespace is not a valid Kubernetes name.
    NameInvalid = "FGD-202", Refused;
    /// The same object stands twice, with different contents.
    DuplicateObject = "FGD-203", Refused;
    /// A Hedgehog kind that this version does not know; it is kept.
    UnknownKind = "FGD-204", Warning;
    /// An older apiVersion; it is kept as written.
    OldApiVersion = "FGD-205", Warning;
    /// A kind that the fabric makes by itself and that does not belong in Git.
    SystemMade = "FGD-206", Warning;
    /// No Hedgehog object; it goes to `unmanaged/`.
    NotHedgehog = "FGD-207", Warning;
    /// A form that ingestion does not take.
    UnsupportedForm = "FGD-208", Refused;
    /// The author's text could not be kept; the same value was written in block style.
    TextRewritten = "FGD-209", Warning;
    /// The file could not be read.
    Unreadable = "FGD-301", Refused;
    /// Two files under `managed/` hold one object.
    ManagedTwice = "FGD-302", Wrong;
    /// A file under `managed/` holds no object that can be read.
    ManagedBroken = "FGD-303", Wrong;
    /// The object's file holds an edit that is in no commit, so it is not written over.
    EditedByHand = "FGD-304", Refused;
    /// An object stands in another kind's directory.
    Misplaced = "FGD-305", Warning;
    /// Many objects are gone from `managed/` at once, and nobody said that they should be.
    ManyGone = "FGD-306", Refused;
    /// The text is of another object than the file that it is for.
    Misnamed = "FGD-307", Refused;
    /// A field holds a value of the wrong type.
    FieldType = "FGD-401", Refused;
    /// A field that the fabric does not know, and would drop or refuse.
    UnknownField = "FGD-402", Warning;
    /// A field that must be there is not.
    FieldMissing = "FGD-403", Wrong;
    /// A field holds a value that can't be what it is for.
    FieldValue = "FGD-404", Refused;
    /// The object is in a namespace that the fabric does not serve.
    NamespaceNotDefault = "FGD-405", Wrong;
    /// The name is longer than the fabric can take.
    NameTooLong = "FGD-406", Wrong;
    /// The name stands for something else.
    NameReserved = "FGD-407", Wrong;
    /// Something that the fabric does not serve any more.
    Obsolete = "FGD-408", Warning;
    /// The address of one device has a prefix length that says otherwise, or is no IPv4 address.
    HostAddress = "FGD-409", Wrong;
    /// A connection has no type, or more than one.
    ConnectionType = "FGD-410", Wrong;
    /// A connection has too few links, or other devices than its type is between.
    ConnectionShape = "FGD-411", Wrong;
    /// A port is not named as the fabric names ports.
    PortName = "FGD-412", Wrong;
    /// The ends of a link are not the two addresses of one /31.
    LinkAddresses = "FGD-413", Wrong;
    /// A switch has neither a boot serial nor a boot MAC.
    NoBoot = "FGD-414", Warning;
    /// A redundancy group without its type, or a type without its group.
    SwitchRedundancy = "FGD-415", Wrong;
    /// A spine has a VTEP address.
    SpineVtep = "FGD-416", Wrong;
    /// A port is set to what the switch's model does not have.
    PortSetting = "FGD-417", Wrong;
    /// A range of VLANs is out of order, out of bounds, or overlaps with another.
    VlanRange = "FGD-420", Wrong;
    /// An IPv4Namespace has too many subnets, or some that overlap.
    NamespaceSubnets = "FGD-421", Wrong;
    /// Addresses or VLANs that the fabric uses itself.
    Reserved = "FGD-422", Wrong;
    /// A VPC has no subnet, or too many.
    SubnetCount = "FGD-430", Wrong;
    /// A subnet is too small to use.
    SubnetPrefix = "FGD-431", Wrong;
    /// A gateway is outside of its subnet.
    SubnetGateway = "FGD-432", Wrong;
    /// A subnet has no VLAN.
    SubnetVlan = "FGD-433", Wrong;
    /// DHCP is set up in a way that contradicts itself.
    Dhcp = "FGD-434", Wrong;
    /// A DHCP range is out of order, outside of its subnet, or includes an address that hosts can't have.
    DhcpRange = "FGD-435", Wrong;
    /// A fixed DHCP address can't be given out.
    StaticLease = "FGD-436", Wrong;
    /// A permit policy names too few subnets, or some that are not the VPC's.
    Permit = "FGD-437", Wrong;
    /// A static route is not well formed.
    StaticRoute = "FGD-438", Wrong;
    /// A peering is not of exactly two.
    PeeringSides = "FGD-440", Wrong;
    /// A remote peering, which the fabric does not serve any more.
    PeeringRemote = "FGD-441", Wrong;
    /// A BGP community is not well formed, or stands where there is no BGP.
    Community = "FGD-442", Wrong;
    /// Static prefixes overlap, or are not well formed.
    StaticPrefixes = "FGD-443", Wrong;
    /// An external attachment mixes what is for BGP with what is static, or lacks either.
    ExternalAttachment = "FGD-444", Wrong;
    /// A statement of an inbound access list is not well formed.
    InboundAcl = "FGD-445", Wrong;
    /// A gateway has no BGP neighbor.
    GatewayNeighbors = "FGD-450", Wrong;
    /// A gateway's own settings are out of bounds.
    GatewaySettings = "FGD-451", Wrong;
    /// What a side of a gateway peering exposes is not well formed.
    GatewayExpose = "FGD-452", Wrong;
    /// The address translation of a gateway peering can't be combined so.
    GatewayNat = "FGD-453", Wrong;
    /// A rule of a gateway peering is not well formed.
    GatewayAcl = "FGD-454", Wrong;
    /// An object refers to one that is not there.
    DanglingReference = "FGD-501", Wrong;
    /// Not one object of a kind that is referred to stands in the directory.
    KindAbsent = "FGD-502", Warning;
    /// A namespace or group called `default` is referred to; the fabric's installer makes it.
    DefaultAbsent = "FGD-503", Warning;
    /// Subnets of VPCs overlap inside one IPv4Namespace.
    SubnetOverlap = "FGD-510", Wrong;
    /// A VLAN is used twice in one VLANNamespace.
    VlanTwice = "FGD-511", Wrong;
    /// A subnet is outside of its IPv4Namespace.
    SubnetOutside = "FGD-512", Wrong;
    /// A VLAN is outside of its VLANNamespace.
    VlanOutside = "FGD-513", Wrong;
    /// A port is used twice.
    PortTwice = "FGD-520", Wrong;
    /// An address is used twice.
    AddressTwice = "FGD-521", Wrong;
    /// Two leaves have one ASN.
    AsnTwice = "FGD-522", Wrong;
    /// A spine has another ASN than the other spines.
    SpineAsn = "FGD-523", Wrong;
    /// The switches of an eslag are not of one redundancy group of type eslag.
    EslagGroup = "FGD-524", Wrong;
    /// A switch of an eslag is in no redundancy group, and others are.
    EslagMember = "FGD-525", Warning;
    /// The switch's model has no such port.
    PortNotInProfile = "FGD-526", Wrong;
    /// The switch's model can't do what is asked of it.
    ProfileFeature = "FGD-527", Wrong;
    /// A switch profile that this version does not know.
    UnknownProfile = "FGD-528", Warning;
    /// The VLAN namespaces of a switch share VLANs.
    SwitchNamespaces = "FGD-529", Wrong;
    /// An attachment is to a connection of another type than it can be.
    AttachmentTarget = "FGD-530", Wrong;
    /// A subnet is attached twice to one connection.
    AttachedTwice = "FGD-531", Wrong;
    /// A connection has two native VLANs.
    NativeVlanTwice = "FGD-532", Wrong;
    /// A switch does not carry the VLANNamespace of what is attached to it.
    VlanNamespaceLacking = "FGD-533", Wrong;
    /// A VPC's mode is one that can't be carried.
    ModeUnsupported = "FGD-534", Wrong;
    /// A hostBGP subnet is attached to what can't carry it.
    HostBgpTarget = "FGD-535", Wrong;
    /// What peers is not in the same namespaces.
    PeeringNamespaces = "FGD-540", Wrong;
    /// A pair is peered by the fabric and through a gateway.
    PeeredTwice = "FGD-541", Warning;
    /// An attachment is static and its External is not, or the other way round.
    ExternalKind = "FGD-542", Wrong;
    /// Two external attachments have one VLAN on a connection.
    ExternalVlanTwice = "FGD-543", Wrong;
    /// A gateway peering exposes addresses that its VPC does not have.
    GatewayCidrOutside = "FGD-550", Wrong;
    /// Two gateway peerings show overlapping addresses to one side.
    GatewayExposeOverlap = "FGD-551", Wrong;
    /// A connection's type can't change.
    TypeImmutable = "FGD-601", Wrong;
    /// What is referred to can't be deleted.
    StillReferredTo = "FGD-602", Wrong;
    /// A namespace would lose what its VPCs use.
    NamespaceShrunk = "FGD-603", Wrong;
    /// The object is not what the schema of its CRD asks for.
    SchemaViolation = "FGD-701", Refused;
    /// A field that the schema of its CRD does not know.
    SchemaUnknownField = "FGD-702", Warning;
}

/// One problem or warning, told to an operator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub code: Code,
    /// One sentence, in an operator's words.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The file, inside the repository.
    pub file: Option<RepoPath>,
    /// Line in the file, from 1.
    pub line: Option<u32>,
    /// Column in the line, from 1, in characters.
    pub column: Option<u32>,
    /// The object's kind, where it is known.
    pub kind: Option<String>,
    /// The object's name, where it is known.
    pub name: Option<String>,
}

impl Finding {
    /// A finding with nothing known but its code and its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            severity: code.severity(),
            code,
            message: message.into(),
            hint: None,
            file: None,
            line: None,
            column: None,
            kind: None,
            name: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the file that it is in.
    #[must_use]
    pub fn in_file(mut self, file: &RepoPath) -> Self {
        self.file = Some(file.clone());
        self
    }

    /// Adds the place in the file: line and column, both from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// Adds the object that it is about.
    #[must_use]
    pub fn about(mut self, kind: &str, name: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self.name = Some(name.to_owned());
        self
    }
}
/// Sorts findings as they are read: by file, line and column, then by code.
pub(crate) fn in_order(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code)));
}
