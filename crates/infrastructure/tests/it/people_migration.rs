//! People who were there before invitations keep what they had.

use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::{MIGRATIONS, Migration};

#[test]
fn memberships_take_over_what_the_accounts_said() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let (before, after): (Vec<&Migration>, Vec<&Migration>) =
        MIGRATIONS.iter().partition(|migration| migration.number < 10);
    for migration in before {
        connection.execute_batch(migration.text(Dialect::Sqlite)).unwrap();
    }
    let id = |n: u8| format!("x'{}'", format!("{n:02x}").repeat(16));
    let tenant = |n: u8, code: &str| {
        format!(
            "INSERT INTO tenant (id, code, name_en, currency, country, template, status, created_at, updated_at, version) \
             VALUES ({}, '{code}', '{code}', 'SAR', 'SA', 'empty', 'active', 1, 1, 1);",
            id(n)
        )
    };
    let user = |n: u8, email: &str, admin: u8| {
        format!(
            "INSERT INTO app_user (id, email, name, search, password_hash, locale, platform_admin, active, failed_attempts, \
             created_at, updated_at, version) VALUES ({}, '{email}', 'Name {n}', 'name {n}', 'h', 'ar', {admin}, 1, 0, 1, 2, 7);",
            id(n)
        )
    };
    let member = |t: u8, u: u8| {
        format!(
            "INSERT INTO membership (tenant_id, user_id, active, created_at) VALUES ({}, {}, 1, 5);",
            id(t),
            id(u)
        )
    };
    let rows = [
        tenant(1, "alpha"),
        tenant(2, "beta"),
        user(11, "one@alpha.example", 0),
        user(12, "both@alpha.example", 0),
        user(13, "admin@alpha.example", 1),
        member(1, 11),
        member(1, 12),
        member(2, 12),
        member(1, 13),
    ];
    connection.execute_batch(&rows.concat()).unwrap();
    for migration in after {
        connection.execute_batch(migration.text(Dialect::Sqlite)).unwrap();
    }
    let texts = |sql: &str| -> Vec<String> {
        let mut prepared = connection.prepare(sql).unwrap();
        let rows = prepared.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let members = texts(
        "SELECT m.email || ' ' || m.name || ' ' || m.locale || ' ' || m.version || ' ' || m.updated_at FROM membership m \
         ORDER BY m.tenant_id, m.user_id",
    );
    assert_eq!(
        members,
        [
            "one@alpha.example Name 11 ar 7 2",
            "both@alpha.example Name 12 ar 7 2",
            "admin@alpha.example Name 13 ar 7 2",
            "both@alpha.example Name 12 ar 7 2",
        ]
    );
    // Whose account is a tenant's to manage, and whose password nobody can vouch for.
    let accounts = texts(
        "SELECT u.address || ' ' || COALESCE(t.code, '-') || ' ' || u.password_by_other FROM app_user u \
         LEFT JOIN tenant t ON t.id = u.managed_by ORDER BY u.id",
    );
    assert_eq!(accounts, ["one@alpha.example alpha 1", "both@alpha.example - 1", "admin@alpha.example - 0"]);
}
