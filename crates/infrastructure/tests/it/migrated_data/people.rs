//! People who were there before invitations keep what they had.

use infrastructure::sql::value::Value;

use super::{Earlier, id, moment};

impl Earlier {
    /// A company; most rows need one.
    pub fn tenant(&mut self, n: u8, code: &str) {
        let columns = [
            ("id", id(n)),
            ("code", code.into()),
            ("name_en", code.into()),
            ("currency", "SAR".into()),
            ("country", "SA".into()),
            ("template", "empty".into()),
            ("status", "active".into()),
            ("created_at", moment(1)),
            ("updated_at", moment(1)),
            ("version", Value::Int(1)),
        ];
        self.insert("tenant", &columns);
    }

    fn user(&mut self, n: u8, email: &str, platform_admin: bool) {
        let columns = [
            ("id", id(n)),
            ("email", email.into()),
            ("name", format!("Name {n}").into()),
            ("search", format!("name {n}").into()),
            ("password_hash", "h".into()),
            ("locale", "ar".into()),
            ("platform_admin", platform_admin.into()),
            ("active", true.into()),
            ("failed_attempts", Value::Int(0)),
            ("created_at", moment(1)),
            ("updated_at", moment(2)),
            ("version", Value::Int(7)),
        ];
        self.insert("app_user", &columns);
    }

    fn member(&mut self, tenant: u8, user: u8) {
        let columns = [
            ("tenant_id", id(tenant)),
            ("user_id", id(user)),
            ("active", true.into()),
            ("created_at", moment(5)),
        ];
        self.insert("membership", &columns);
    }
}

#[tokio::test]
async fn memberships_take_over_what_the_accounts_said() {
    let mut earlier = Earlier::version(9).await;
    earlier.tenant(1, "alpha");
    earlier.tenant(2, "beta");
    earlier.user(11, "one@alpha.example", false);
    earlier.user(12, "both@alpha.example", false);
    earlier.user(13, "admin@alpha.example", true);
    for (tenant, user) in [(1, 11), (1, 12), (2, 12), (1, 13)] {
        earlier.member(tenant, user);
    }
    let upgraded = earlier.upgraded().await;
    let sql = "SELECT email, name, locale, version, updated_at FROM membership WHERE tenant_id >= ?1 ORDER BY tenant_id, user_id";
    let members = upgraded.rows(sql, |columns| {
        let (email, name): (String, String) = (columns.get("email")?, columns.get("name")?);
        let (locale, version): (String, i64) = (columns.get("locale")?, columns.get("version")?);
        let at: domain::time::Timestamp = columns.get("updated_at")?;
        Ok(format!("{email} {name} {locale} {version} {}", at.micros()))
    });
    let expected = [
        "one@alpha.example Name 11 ar 7 2",
        "both@alpha.example Name 12 ar 7 2",
        "admin@alpha.example Name 13 ar 7 2",
        "both@alpha.example Name 12 ar 7 2",
    ];
    assert_eq!(members.await, expected);
    // Whose account is a tenant's to manage, and whose password nobody can vouch for.
    let sql = "SELECT u.address, COALESCE(t.code, '-') AS code, u.password_by_other FROM app_user u \
         LEFT JOIN tenant t ON t.id = u.managed_by WHERE u.id > ?1 ORDER BY u.id";
    let accounts = upgraded.rows(sql, |columns| {
        let (address, code): (String, String) = (columns.get("address")?, columns.get("code")?);
        Ok(format!("{address} {code} {}", columns.get::<bool>("password_by_other")?))
    });
    let expected =
        ["one@alpha.example alpha true", "both@alpha.example - true", "admin@alpha.example - false"];
    assert_eq!(accounts.await, expected);
}
