//! What a screen or a terminal shows of a fabric: facts that were measured, and what follows from them.

mod add;
mod connection;
mod desktop;
mod fabric;
mod github;
mod inbox;
mod preview;
mod secrets;
mod status;
mod survey;
mod versions;
mod webhooks;

pub use add::{AddFabric, Source, SourceReport};
pub use connection::ConnectionReport;
pub use desktop::{AuthorSettings, NetworkSettings, Proxy, Theme, WindowSettings};
pub use fabric::{FabricRun, FabricView, KindCount, RepositoryView};
pub use github::{GitHubSignInEnd, GitHubSignInStart, NewGitHubRepository, ProposeEnd};
pub use inbox::{Delivered, InboxFile, InboxText, RefusedFile};
pub use preview::{DiffLine, Fate, LineChange, Preview, PreviewDocument, PreviewFile};
pub use secrets::{SealedFile, SecretStore, SignIn};
pub use status::{Status, StatusState};
pub use survey::{FabricFindings, StructureRepair, StructureReport};
pub use versions::{FileText, VersionDiff};
pub use webhooks::{ListenerView, WebhookView};
