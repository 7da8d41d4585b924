//! Which notifications the system is asked to show: pure, so that it can be told as a table.
//!
//! A *trouble* is what a person has to know: a remote that is away or wants a sign-in (one for all fabrics of
//! its host), or a fabric that waits for a decision. Each is told once, those of a kind that come together in
//! one notification, and once more when it is over. What a person sees in the window is never told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fgd_engine::{FabricId, StatusState};

use crate::standing::{Standing, Standings};

/// How long the troubles of a kind are gathered.
const GATHER: Duration = Duration::from_secs(2);
/// How long a remote may be away before that is worth telling: most come back by themselves.
const AWAY: Duration = Duration::from_secs(60);
/// How many fabrics a notification names.
const NAMED: usize = 3;

/// Whether a person would see it by themselves, or wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attention {
    /// The window is in front.
    Here,
    /// It is not.
    Away,
    /// Notifications are off.
    Off,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Conflicts,
    Refused,
    Attention,
    Failed,
    SignIn,
    Offline,
}

impl Kind {
    fn of(state: StatusState) -> Option<Self> {
        match state {
            StatusState::Conflicted => Some(Self::Conflicts),
            StatusState::RefusedByRule => Some(Self::Refused),
            StatusState::NeedsAttention => Some(Self::Attention),
            StatusState::Failed => Some(Self::Failed),
            StatusState::NeedsSignIn => Some(Self::SignIn),
            StatusState::Offline => Some(Self::Offline),
            _ => None,
        }
    }

    fn patience(self) -> Duration {
        if self == Self::Offline { AWAY } else { GATHER }
    }

    /// The trouble of one fabric or of several: `who` is "lab" or "3 fabrics".
    fn title(self, who: &str, several: bool) -> String {
        let verb = |one: &'static str, many: &'static str| if several { many } else { one };
        match self {
            Self::Conflicts => format!("{who} {} conflicts to settle", verb("has", "have")),
            Self::Refused => format!("The remote refuses the push of {who}"),
            Self::Attention => format!("{who} {} you", verb("needs", "need")),
            Self::Failed => format!("{who} could not be synced"),
            Self::SignIn => format!("{who} {} a sign-in", verb("needs", "need")),
            Self::Offline => format!("{who} can't reach {} remote", verb("its", "their")),
        }
    }

    fn recovered(self, who: &str, several: bool) -> String {
        let verb = |one: &'static str, many: &'static str| if several { many } else { one };
        match self {
            Self::Offline => {
                format!("{who} {} {} remote again", verb("reaches", "reach"), verb("its", "their"))
            }
            _ => format!("{who} {} in order again", verb("is", "are")),
        }
    }
}

/// What makes a trouble the same trouble: its kind, and the host or the fabric that it is of.
type Cause = (Kind, String);

#[derive(Debug)]
struct Trouble {
    since: Duration,
    /// A person was told, or saw it.
    is: Told,
    fabrics: BTreeSet<FabricId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    NotYet,
    /// Seen in the window, or nobody wanted to know.
    Seen,
    ByNotice,
}

/// What was told, and what waits to be.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    troubles: BTreeMap<Cause, Trouble>,
    /// What each fabric was last in; a run under way changes nothing about it.
    last: BTreeMap<FabricId, Option<Cause>>,
}

impl Notices {
    /// Takes in how all fabrics stand at a time, by any clock that only goes forward. Gives what is to be
    /// shown now, and after how long to ask again where something waits to be told.
    pub(crate) fn heard(
        &mut self,
        now: Duration,
        fabrics: &Standings,
        attention: Attention,
    ) -> (Vec<Notice>, Option<Duration>) {
        self.look(fabrics);
        let mut notices = self.recover(fabrics, attention);
        self.gather(now);
        if attention != Attention::Away {
            for trouble in self.troubles.values_mut().filter(|trouble| trouble.is == Told::NotYet) {
                trouble.is = Told::Seen;
            }
        }
        notices.extend(self.due(now, fabrics));
        let waits = self.troubles.iter().filter(|(_, trouble)| trouble.is == Told::NotYet);
        let next =
            waits.map(|((kind, _), trouble)| (trouble.since + kind.patience()).saturating_sub(now)).min();
        (notices, next)
    }

    fn look(&mut self, fabrics: &Standings) {
        self.last.retain(|id, _| fabrics.contains_key(id));
        for (id, fabric) in fabrics {
            match fabric.state {
                StatusState::Working | StatusState::Unknown => {
                    self.last.entry(id.clone()).or_default();
                }
                state => drop(self.last.insert(id.clone(), cause(id, fabric, state))),
            }
        }
    }

    /// Begins the troubles that are new, and says which fabrics each is of.
    fn gather(&mut self, now: Duration) {
        for trouble in self.troubles.values_mut() {
            trouble.fabrics.clear();
        }
        for (id, cause) in &self.last {
            let Some(cause) = cause else { continue };
            let new = || Trouble { since: now, is: Told::NotYet, fabrics: BTreeSet::new() };
            self.troubles.entry(cause.clone()).or_insert_with(new).fabrics.insert(id.clone());
        }
    }

    /// Ends the troubles that are over. One that only became another is not told as over.
    fn recover(&mut self, fabrics: &Standings, attention: Attention) -> Vec<Notice> {
        let still: BTreeSet<_> = self.last.values().flatten().cloned().collect();
        let mut over: BTreeMap<Kind, BTreeSet<FabricId>> = BTreeMap::new();
        let last = &self.last;
        self.troubles.retain(|cause, trouble| {
            if still.contains(cause) {
                return true;
            }
            let well = |id: &&FabricId| last.get(*id).is_some_and(Option::is_none);
            if trouble.is == Told::ByNotice && trouble.fabrics.iter().all(|id| well(&id)) {
                over.entry(cause.0).or_default().extend(trouble.fabrics.iter().cloned());
            }
            false
        });
        if attention != Attention::Away {
            return Vec::new();
        }
        let told = over.into_iter().filter_map(|(kind, ids)| {
            notice(&ids, fabrics, |who, several| kind.recovered(who, several), false)
        });
        told.collect()
    }

    /// What has waited long enough, and all of its kind with it.
    fn due(&mut self, now: Duration, fabrics: &Standings) -> Vec<Notice> {
        let ripe: BTreeSet<Kind> = self
            .troubles
            .iter()
            .filter(|((kind, _), trouble)| {
                trouble.is == Told::NotYet && now.saturating_sub(trouble.since) >= kind.patience()
            })
            .map(|((kind, _), _)| *kind)
            .collect();
        let mut notices = Vec::new();
        for kind in ripe {
            let mut ids = BTreeSet::new();
            for ((known, _), trouble) in &mut self.troubles {
                if *known == kind && trouble.is == Told::NotYet {
                    trouble.is = Told::ByNotice;
                    ids.extend(trouble.fabrics.iter().cloned());
                }
            }
            notices.extend(notice(&ids, fabrics, |who, several| kind.title(who, several), true));
        }
        notices
    }
}

fn cause(id: &FabricId, fabric: &Standing, state: StatusState) -> Option<Cause> {
    let kind = Kind::of(state)?;
    let of_host = matches!(kind, Kind::SignIn | Kind::Offline);
    let subject = fabric.host.clone().filter(|_| of_host).unwrap_or_else(|| format!("#{id}"));
    Some((kind, subject))
}

/// A notification about some fabrics; none where all of them are gone.
fn notice(
    ids: &BTreeSet<FabricId>,
    fabrics: &Standings,
    title: impl Fn(&str, bool) -> String,
    why: bool,
) -> Option<Notice> {
    let known: Vec<_> = ids.iter().filter_map(|id| Some((id, fabrics.get(id)?))).collect();
    let (_, only) = *known.first()?;
    let (title, body) = if known.len() == 1 {
        (title(&only.name, false), if why { only.sentence.clone() } else { String::new() })
    } else {
        let mut names: Vec<_> = known.iter().map(|(_, fabric)| fabric.name.as_str()).collect();
        names.sort_unstable();
        let more = names.len().saturating_sub(NAMED);
        let listed = names[..names.len().min(NAMED)].join(", ");
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        (title(&format!("{} fabrics", known.len()), true), format!("{listed}{rest}"))
    };
    Some(Notice { title: plain(&title), body: plain(&body) })
}

/// A text as a notification can show it: some systems take markup in it, and names come from strangers.
fn plain(text: &str) -> String {
    const LONGEST: usize = 240;
    let safe = text.chars().map(|c| match c {
        '<' => '‹',
        '>' => '›',
        c if c.is_control() => ' ',
        c => c,
    });
    let mut shown: String = safe.take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::tests::fabrics;
    use StatusState::{Conflicted, Failed, InSync, NeedsSignIn, Offline, Working};

    /// Tells a story: at each second, how fabrics stand and where the person is; then what was shown.
    #[derive(Default)]
    struct Story(Notices);

    impl Story {
        fn at(&mut self, second: u64, attention: Attention, list: &[(&str, StatusState)]) -> Vec<String> {
            let (notices, _) = self.0.heard(Duration::from_secs(second), &fabrics(list), attention);
            notices.into_iter().map(|Notice { title, body }| format!("{title} | {body}")).collect()
        }
    }

    const AWAY_NOW: Attention = Attention::Away;

    #[test]
    fn a_trouble_is_told_once_and_once_when_it_is_over() {
        let mut story = Story::default();
        assert!(story.at(0, AWAY_NOW, &[("lab", InSync)]).is_empty());
        assert!(story.at(1, AWAY_NOW, &[("lab", Conflicted)]).is_empty(), "it may not be alone");
        assert_eq!(
            story.at(3, AWAY_NOW, &[("lab", Conflicted)]),
            ["lab has conflicts to settle | It is conflicts to settle."]
        );
        for second in [4, 9, 5000] {
            assert!(story.at(second, AWAY_NOW, &[("lab", Conflicted)]).is_empty());
        }
        assert!(story.at(5001, AWAY_NOW, &[("lab", Working)]).is_empty(), "a run decides nothing");
        assert!(story.at(5002, AWAY_NOW, &[("lab", Conflicted)]).is_empty());
        assert_eq!(story.at(5003, AWAY_NOW, &[("lab", InSync)]), ["lab is in order again | "]);
        assert!(story.at(5004, AWAY_NOW, &[("lab", InSync)]).is_empty());
    }

    #[test]
    fn those_of_a_kind_that_come_together_are_one() {
        let mut story = Story::default();
        let all = [("a", Conflicted), ("b", Conflicted), ("c", Conflicted), ("d", Conflicted), ("e", Failed)];
        assert!(story.at(0, AWAY_NOW, &all[..2]).is_empty());
        assert_eq!(
            story.at(2, AWAY_NOW, &all),
            ["4 fabrics have conflicts to settle | a, b, c and 1 more"],
            "those that came later go with it"
        );
        assert_eq!(story.at(4, AWAY_NOW, &all), ["e could not be synced | It is failed."]);
    }

    #[test]
    fn a_host_is_one_cause_for_all_its_fabrics() {
        let mut story = Story::default();
        story.at(0, AWAY_NOW, &[("a", NeedsSignIn), ("b", InSync)]);
        assert_eq!(story.at(2, AWAY_NOW, &[("a", NeedsSignIn), ("b", InSync)]).len(), 1);
        let both = [("a", NeedsSignIn), ("b", NeedsSignIn)];
        assert!(story.at(9, AWAY_NOW, &both).is_empty(), "the same host, the same cause");
        assert!(story.at(10, AWAY_NOW, &[("a", InSync), ("b", NeedsSignIn)]).is_empty());
        assert_eq!(story.at(11, AWAY_NOW, &[("a", InSync), ("b", InSync)]), ["b is in order again | "]);
    }

    #[test]
    fn a_remote_that_is_away_for_a_moment_is_not_told() {
        let mut story = Story::default();
        assert!(story.at(0, AWAY_NOW, &[("lab", Offline)]).is_empty());
        assert!(story.at(59, AWAY_NOW, &[("lab", Offline)]).is_empty());
        assert!(story.at(59, AWAY_NOW, &[("lab", InSync)]).is_empty(), "so its return is no news either");
        story.at(100, AWAY_NOW, &[("lab", Offline)]);
        assert_eq!(
            story.at(160, AWAY_NOW, &[("lab", Offline)]),
            ["lab can't reach its remote | It is offline."]
        );
        assert_eq!(story.at(161, AWAY_NOW, &[("lab", InSync)]), ["lab reaches its remote again | "]);
    }

    #[test]
    fn what_is_seen_or_not_wanted_is_not_told() {
        for attention in [Attention::Here, Attention::Off] {
            let mut story = Story::default();
            assert!(story.at(0, attention, &[("lab", Conflicted)]).is_empty());
            assert!(story.at(9, attention, &[("lab", Conflicted)]).is_empty());
            assert!(
                story.at(10, AWAY_NOW, &[("lab", Conflicted)]).is_empty(),
                "{attention:?}: known already"
            );
            assert!(story.at(99, AWAY_NOW, &[("lab", Conflicted)]).is_empty());
            assert!(story.at(100, AWAY_NOW, &[("lab", InSync)]).is_empty(), "nor its end");
        }
        let mut story = Story::default();
        story.at(0, AWAY_NOW, &[("lab", Conflicted)]);
        assert_eq!(story.at(2, AWAY_NOW, &[("lab", Conflicted)]).len(), 1);
        assert!(story.at(3, Attention::Here, &[("lab", InSync)]).is_empty(), "the end is seen");
    }

    #[test]
    fn what_becomes_something_else_is_not_over() {
        let mut story = Story::default();
        story.at(0, AWAY_NOW, &[("lab", Conflicted)]);
        story.at(2, AWAY_NOW, &[("lab", Conflicted)]);
        assert!(story.at(3, AWAY_NOW, &[("lab", Failed)]).is_empty());
        assert_eq!(story.at(5, AWAY_NOW, &[("lab", Failed)]), ["lab could not be synced | It is failed."]);
        assert!(story.at(6, AWAY_NOW, &[]).is_empty(), "a fabric that is gone is not in order");
    }

    #[test]
    fn it_says_when_to_ask_again() {
        let mut notices = Notices::default();
        let ask = |notices: &mut Notices, second, state| {
            notices.heard(Duration::from_secs(second), &fabrics(&[("lab", state)]), AWAY_NOW).1
        };
        assert_eq!(ask(&mut notices, 0, InSync), None);
        assert_eq!(ask(&mut notices, 10, Offline), Some(AWAY));
        assert_eq!(ask(&mut notices, 65, Offline), Some(Duration::from_secs(5)));
        assert_eq!(ask(&mut notices, 70, Offline), None);
    }

    #[test]
    fn no_name_is_taken_for_markup_or_fills_the_screen() {
        let long = format!("<a href='x'>{}</a>\n", "n".repeat(900));
        let mut notices = Notices::default();
        let fabrics = fabrics(&[(&long, Conflicted)]);
        notices.heard(Duration::ZERO, &fabrics, AWAY_NOW);
        let (told, _) = notices.heard(GATHER, &fabrics, AWAY_NOW);
        assert!(told[0].title.starts_with("‹a href='x'›nnn") && told[0].title.chars().count() == 241);
    }
}
