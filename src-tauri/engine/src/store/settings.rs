//! What a person prefers for each fabric.

use rusqlite::{OptionalExtension, params};

use crate::error::Result;
use crate::failpoint::{Point, pass};
use crate::id::FabricId;
use crate::settings::FabricSettings;
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE settings (
        fabric   TEXT PRIMARY KEY REFERENCES fabrics (id),
        interval INTEGER NOT NULL,
        on_start INTEGER NOT NULL,
        on_focus INTEGER NOT NULL,
        policy   TEXT NOT NULL,
        template TEXT
    ) STRICT;
";

impl Store {
    /// A fabric's settings; the usual ones where nobody chose any.
    pub(crate) fn settings(&self, fabric: &FabricId) -> Result<FabricSettings> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT * FROM settings WHERE fabric = ?1")?;
        let found = statement
            .query_row([fabric.as_str()], |row| {
                let policy: String = row.get("policy")?;
                Ok(FabricSettings {
                    interval: row.get("interval")?,
                    on_start: row.get("on_start")?,
                    on_focus: row.get("on_focus")?,
                    // A policy of a later version leaves the decision to a person.
                    policy: serde_json::from_str(&policy).unwrap_or_default(),
                    template: row.get("template")?,
                })
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Keeps a fabric's settings.
    pub(crate) fn set_settings(&self, fabric: &FabricId, settings: &FabricSettings) -> Result<()> {
        let policy = serde_json::to_string(&settings.policy)
            .map_err(|error| crate::error::Error::Internal { detail: error.to_string() })?;
        self.lock().execute(
            "INSERT INTO settings (fabric, interval, on_start, on_focus, policy, template)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (fabric) DO UPDATE SET interval = excluded.interval, on_start = excluded.on_start,
                 on_focus = excluded.on_focus, policy = excluded.policy, template = excluded.template",
            params![
                fabric.as_str(),
                settings.interval,
                settings.on_start,
                settings.on_focus,
                policy,
                settings.template
            ],
        )?;
        pass(Point::StoreSettings)
    }
}
