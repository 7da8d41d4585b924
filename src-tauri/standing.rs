//! How all fabrics stand together, in a word and an icon: pure, told by the engine's views.

use std::collections::BTreeMap;

use fgd_engine::{FabricId, FabricView, StatusState};

/// What the tray and the notifications know of one fabric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) name: String,
    pub(crate) state: StatusState,
    /// The one sentence of its status.
    pub(crate) sentence: String,
    /// The host of its remote; none where that is on this machine, or there is none.
    pub(crate) host: Option<String>,
    pub(crate) paused: bool,
}

/// The fabrics of the list.
pub(crate) type Standings = BTreeMap<FabricId, Standing>;

impl Standing {
    pub(crate) fn of(fabric: &FabricView) -> Self {
        Self {
            name: fabric.name.clone(),
            state: fabric.status.state,
            sentence: fabric.status.sentence.clone(),
            host: fabric.repository.url.as_ref().and_then(|url| host(url.as_str())),
            paused: !fabric.auto_sync,
        }
    }
}

/// The host in a remote's URL, or in `git@host:path`.
fn host(url: &str) -> Option<String> {
    if let Some((scheme, rest)) = url.split_once("://") {
        let place = rest.split('/').next().unwrap_or(rest);
        let host = place.rsplit('@').next().unwrap_or(place);
        return Some(host.to_owned()).filter(|host| scheme != "file" && !host.is_empty());
    }
    let (place, _) = url.split_once(':')?;
    let (_, host) = place.split_once('@')?;
    Some(host.to_owned())
}

/// What the icon says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overall {
    /// A person is needed.
    NeedsPerson,
    /// A run is under way.
    Working,
    /// A remote does not answer.
    Offline,
    /// There is something, and every fabric of it is paused.
    Paused,
    /// Nothing is to be done by anybody.
    Fine,
}

/// All fabrics in one word: the most urgent that is true of any.
pub(crate) fn overall(fabrics: &Standings) -> Overall {
    let any = |wanted: fn(StatusState) -> bool| fabrics.values().any(|fabric| wanted(fabric.state));
    if any(StatusState::needs_person) {
        Overall::NeedsPerson
    } else if any(|state| state == StatusState::Working) {
        Overall::Working
    } else if any(|state| state == StatusState::Offline) {
        Overall::Offline
    } else if !fabrics.is_empty() && fabrics.values().all(|fabric| fabric.paused) {
        Overall::Paused
    } else {
        Overall::Fine
    }
}

/// All fabrics in one line, for the icon's tip.
pub(crate) fn sentence(fabrics: &Standings) -> String {
    let waiting = fabrics.values().filter(|fabric| fabric.state.needs_person()).count();
    match overall(fabrics) {
        Overall::NeedsPerson if waiting == 1 => "1 fabric needs you".to_owned(),
        Overall::NeedsPerson => format!("{waiting} fabrics need you"),
        Overall::Working => "Working".to_owned(),
        Overall::Offline => "A remote does not answer".to_owned(),
        Overall::Paused => "Paused".to_owned(),
        Overall::Fine if fabrics.is_empty() => "No fabrics yet".to_owned(),
        Overall::Fine if fabrics.values().all(|fabric| fabric.state == StatusState::InSync) => {
            "All in sync".to_owned()
        }
        Overall::Fine => "Nothing needs you".to_owned(),
    }
}

/// The state in the few words of a menu.
pub(crate) fn word(state: StatusState) -> &'static str {
    match state {
        StatusState::NotInitialised => "not set up",
        StatusState::NeedsAttention => "needs attention",
        StatusState::NeedsSignIn => "needs a sign-in",
        StatusState::Conflicted => "conflicts to settle",
        StatusState::RefusedByRule => "push refused",
        StatusState::Failed => "failed",
        StatusState::Offline => "offline",
        StatusState::Paused => "paused",
        StatusState::Working => "working",
        _ => "in order",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An identifier as the database has one.
    pub(crate) fn id(text: &str) -> FabricId {
        serde_json::from_value(text.into()).expect("an identifier")
    }

    /// Fabrics with these names and states, all of one host.
    pub(crate) fn fabrics(list: &[(&str, StatusState)]) -> Standings {
        let standing = |(name, state): &(&str, StatusState)| {
            let standing = Standing {
                name: (*name).to_owned(),
                state: *state,
                sentence: format!("It is {}.", word(*state)),
                host: Some("git.example.org".to_owned()),
                paused: *state == StatusState::Paused,
            };
            (id(name), standing)
        };
        list.iter().map(standing).collect()
    }

    #[test]
    fn the_most_urgent_is_shown() {
        use StatusState::{Ahead, Conflicted, Failed, InSync, Offline, Paused, Working};
        for (states, expected, text) in [
            (&[][..], Overall::Fine, "No fabrics yet"),
            (&[InSync, InSync], Overall::Fine, "All in sync"),
            (&[InSync, Ahead], Overall::Fine, "Nothing needs you"),
            (&[InSync, Paused], Overall::Fine, "Nothing needs you"),
            (&[Paused, Paused], Overall::Paused, "Paused"),
            (&[Paused, Offline], Overall::Offline, "A remote does not answer"),
            (&[Offline, Working], Overall::Working, "Working"),
            (&[Working, Conflicted], Overall::NeedsPerson, "1 fabric needs you"),
            (&[Failed, Conflicted, InSync], Overall::NeedsPerson, "2 fabrics need you"),
        ] {
            let names: Vec<_> = (0..states.len()).map(|at| at.to_string()).collect();
            let list: Vec<_> = names.iter().map(String::as_str).zip(states.iter().copied()).collect();
            let fabrics = fabrics(&list);
            assert_eq!((overall(&fabrics), sentence(&fabrics).as_str()), (expected, text), "{states:?}");
        }
    }

    #[test]
    fn a_host_is_found_in_a_remote() {
        for (url, expected) in [
            ("https://github.com/acme/f.git", Some("github.com")),
            ("ssh://git@git.example.org:2222/f", Some("git.example.org:2222")),
            ("git@git.example.org:net/f.git", Some("git.example.org")),
            ("/srv/git/f.git", None),
            ("file:///srv/git/f.git", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }
}
