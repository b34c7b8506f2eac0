//! Every configuration key, once: type, default, secrecy, what a change does, and its meaning.

pub use super::key::{Alias, KeyDef, Kind, Reload};
use super::key::{accepted, integer, old};

const MIB: u64 = 1024 * 1024;
const SWITCH: Kind = Kind::Choice(&["false", "true"]);
const RATE: Kind = integer(0, 100_000_000, "requests per minute");
const ROLES: Kind = Kind::Choice(&["Primary", "Secondary"]);
const LEVELS: Kind =
    Kind::Choice(&["Verbose", "Trace", "Debug", "Information", "Warning", "Error", "Fatal", "Critical"]);

macro_rules! keys {
    ($($name:ident = $def:expr;)*) => {
        $(pub static $name: KeyDef = $def;)*
        /// Every key, in the order of the reference.
        pub static ALL: &[&KeyDef] = &[$(&$name),*];
    };
}

keys! {
    ENVIRONMENT = KeyDef::new("Environment", Kind::Choice(&["Development", "Staging", "Production"]),
        "Where the server runs. All names given must agree. Started by `cargo run` with no name given: Development.")
        .default("Production").aliases(&[accepted("ASPNETCORE_ENVIRONMENT"), accepted("DOTNET_ENVIRONMENT")]);
    URLS = KeyDef::new("Urls", Kind::Urls,
        "Addresses to listen on, separated by `;`. `*` is every address of IPv6 and IPv4, `localhost` the \
         loopback address of each. `https://` where `Tls:Certificate` is set; otherwise TLS is ended by the proxy in front.")
        .default("http://*:8080").development("http://127.0.0.1:8080")
        .aliases(&[accepted("ASPNETCORE_URLS"), accepted("DOTNET_URLS")]);
    HTTP_PORTS = KeyDef::new("Http_Ports", Kind::Ports,
        "Ports to listen on at every address of IPv6 and IPv4, separated by `;`; used when no `Urls` are given.")
        .aliases(&[accepted("ASPNETCORE_HTTP_PORTS"), accepted("DOTNET_HTTP_PORTS")]);
    TLS_CERTIFICATE = KeyDef::new("Tls:Certificate", Kind::Path,
        "File with the certificate of the API's addresses and its chain, in PEM: they all speak TLS then. A changed file counts \
         for new connections within seconds. Not set: no TLS.");
    TLS_KEY = KeyDef::new("Tls:Key", Kind::Path, "File with the private key of that certificate, in PEM.");
    RELOAD_INTERVAL = KeyDef::new("ReloadInterval", Kind::Duration { min: 1, max: 86_400 },
        "How often all sources are read again, give or take a tenth. Changed files count within a second.")
        .default("00:05:00").live();
    DB_PASSWORD = KeyDef::new("db-password", Kind::Text,
        "Password of a SQL Server connection string that has a user and no password.").secret().rebuild();
    REDIS_PASSWORD = KeyDef::new("redis-password", Kind::Text, "Password of a Redis string that has none.")
        .secret().rebuild();
    DATA_DIRECTORY = KeyDef::new("Data:Directory", Kind::Path,
        "Folder of the embedded profile: database, files, generated keys. Relative to the working directory.")
        .default("data");
    DEFAULT_CONNECTION = KeyDef::new("ConnectionStrings:DefaultConnection", Kind::ConnectionString,
        "The database: a SQL Server connection string, or `Provider=Sqlite;Data Source=books.db` for the embedded \
         engine. Not set: `erp.db` in the data folder in Development, an error elsewhere.").secret().rebuild();
    REDIS = KeyDef::new("ConnectionStrings:Redis", Kind::ConnectionString,
        "The shared cache: a StackExchange.Redis string, or `memory://` for the cache of this process. Not set: that \
         cache in Development, an error elsewhere.").secret().rebuild();
    AZURE_STORAGE = KeyDef::new("AzureStorage:ConnectionString", Kind::ConnectionString,
        "Storage of files: Azure Blob Storage by account key, shared access signature or, without either, the identity of \
         the process (`UseDevelopmentStorage=true` is the emulator on this machine); or `file://` and a directory, relative \
         to the data folder. Not set: `file://blobs` in Development, an error elsewhere.")
        .secret().rebuild().aliases(&[old("Services:BlobStorage")]);
    AZURE_CONTAINER = KeyDef::new("AzureStorage:Container", Kind::Text,
        "The container files are kept in; made if it is missing and that is allowed.").default("erp");
    KEY_VAULT = KeyDef::new("KeyVault:Uri", Kind::Text,
        "The vault secrets come from: `https://…`, or `file://` and a directory with a file a secret that stands in for \
         it. Read from the sources up to the command line. Not set: no vault in Development, an error elsewhere.")
        .aliases(&[old("Services:KeyVault"),
            Alias { key: "KeyVault:Name", deprecated: true, template: Some("https://{}.vault.azure.net/") }]);
    KEY_VAULT_PREFIX = KeyDef::new("KeyVault:Prefix", Kind::Text,
        "Only secrets whose names begin with this and a `-` are read, without it; for a vault that several applications \
         share.");
    APP_CONFIG = KeyDef::new("AppConfig:Endpoint", Kind::Text,
        "The App Configuration store dynamic settings come from, entered with the identity of the process. Read from \
         the sources up to the command line. Not set: the JSON files only, with a warning outside Development.");
    APP_CONFIG_CONNECTION = KeyDef::new("AppConfig:ConnectionString", Kind::ConnectionString,
        "The same store with an access key: `Endpoint=…;Id=…;Secret=…`.").secret();
    APP_CONFIG_REFRESH = KeyDef::new("AppConfig:RefreshSeconds", integer(1, 86_400, "seconds"),
        "How often App Configuration is asked for changes; up to a fifth sooner, so that replicas do not ask at once.")
        .default("30").live();
    APP_CONFIG_SENTINEL = KeyDef::new("AppConfig:Sentinel", Kind::Text,
        "A key of the App Configuration store that operators change last: only then is everything else read again. Read \
         from the sources up to the command line. Not set: every change counts.");
    APP_CONFIG_SENTINEL_LABEL = KeyDef::new("AppConfig:SentinelLabel", Kind::Text,
        "The label of that key; `\\0` is none. Not set: the environment's name.");
    SECRETS_DIRECTORY = KeyDef::new("Secrets:Directory", Kind::Path,
        "Folder with a file a setting, as Kubernetes mounts secrets; `__` or `--` in a name is `:`. Read from the \
         sources up to the command line. The default need not exist.").default("/app/secrets");
    APPLICATION_INSIGHTS = KeyDef::new("ApplicationInsights:ConnectionString", Kind::ConnectionString,
        "The Application Insights resource that telemetry is sent to, or `off`. Not set: nowhere in Development, an error elsewhere.").secret().rebuild()
        .aliases(&[old("Services:AppInsights"), accepted("APPLICATIONINSIGHTS_CONNECTION_STRING")]);
    SEQ = KeyDef::new("Seq:ServerUrl", Kind::Text,
        "Log server Seq, which is sent logs and traces. Not set: the console and files only.").rebuild();
    SEQ_API_KEY = KeyDef::new("Seq:ApiKey", Kind::Text, "Key the log server asks for.").secret().rebuild();
    OTLP = KeyDef::new("OpenTelemetry:Endpoint", Kind::Text,
        "An OpenTelemetry collector, which is sent logs, traces and metrics over HTTP at `/v1/…` below this address. Not \
         set: none.").rebuild().aliases(&[accepted("OTEL_EXPORTER_OTLP_ENDPOINT")]);
    OTLP_HEADERS = KeyDef::new("OpenTelemetry:Headers", Kind::Text,
        "Headers the collector asks for: `name=value`, separated by `,`.").secret().rebuild()
        .aliases(&[accepted("OTEL_EXPORTER_OTLP_HEADERS")]);
    TRACES_PER_SECOND = KeyDef::new("Telemetry:TracesPerSecond", integer(0, 10_000, "traces"),
        "About how many traces a second are exported, each with everything that belongs to it. Failures are exported beside them. \
         See TELEMETRY.md.").default("5").live().aliases(&[accepted("ApplicationInsights:TracesPerSecond")]);
    USER_IDS = KeyDef::new("Telemetry:UserIds", Kind::Choice(&["Plain", "Hashed", "Off"]),
        "Whether ids of users are exported: as they are, as a hash that is the same for the same user, or not at all.")
        .default("Plain");
    REGION_ROLE = KeyDef::new("Region:Role", ROLES, "The role of this installation.").default("Primary").live();
    REGION_ACTIVE_ROLE = KeyDef::new("Region:ActiveRole", ROLES,
        "The role whose installation runs the background work; the others do not.").default("Primary").live();
    REGION_READ_ONLY = KeyDef::new("Region:ReadOnly", SWITCH,
        "`true`: reads are answered, changes are refused with 503 `read_only`, signing in with a password is \
         refused, and no background work runs.").default("false").live();
    FEATURES = KeyDef::new("FeatureManagement:**", Kind::Text,
        "Feature flags: `true`, `false`, or a section with filters.").live();
    FEATURE_FLAGS = KeyDef::new("feature_management:**", Kind::Text,
        "Feature flags in the form of Microsoft's feature management schema.").live();
    LOG_LEVEL = KeyDef::new("Serilog:MinimumLevel:Default", LEVELS, "Least severe level that is logged.")
        .default("Information").live().aliases(&[accepted("Serilog:MinimumLevel")]);
    LOG_OVERRIDES = KeyDef::new("Serilog:MinimumLevel:Override:*", LEVELS,
        "Least severe level of one source and everything below it, such as `Microsoft.AspNetCore` or `mssql_client`; the most \
         specific wins. A switch, such as `$main`, stands for its level. See LOGGING.md.").live();
    LOG_SWITCHES = KeyDef::new("Serilog:LevelSwitches:*", LEVELS,
        "Levels with a name, such as `$main`, that `Serilog:MinimumLevel` refers to.").live();
    LOG_CONTROLLED_BY = KeyDef::new("Serilog:MinimumLevel:ControlledBy", Kind::Text,
        "The switch whose level counts instead of `Serilog:MinimumLevel:Default`.").live();
    LOG_FORMAT = KeyDef::new("Logging:ConsoleFormat", Kind::Choice(&["Text", "Json"]),
        "`Text` for people, `Json` (compact log events, one a line) for collectors.").default("Text");
    LOG_FILE = KeyDef::new("Logging:File:Enabled", SWITCH,
        "Whether logs are kept in files, too. One that cannot be written is a warning.").default("true");
    LOG_FILE_PATH = KeyDef::new("Logging:File:Path", Kind::Path,
        "The files, to whose names the day is added: `logs/erp-20240115.log`. Relative to the working directory.")
        .default("logs/erp-.log");
    LOG_FILE_FORMAT = KeyDef::new("Logging:File:Format", Kind::Choice(&["Text", "Json"]),
        "`Text`: time, level and message. `Json`: compact log events with every property.").default("Text");
    LOG_FILE_BYTES = KeyDef::new("Logging:File:BytesMax", integer(1024, 1024 * 1024 * MIB, "bytes"),
        "A file this large is followed by the next one of the day, `erp-20240115_001.log`.").default("1073741824");
    LOG_FILE_COUNT = KeyDef::new("Logging:File:FilesMax", integer(1, 100_000, "files"),
        "Files that are kept, the current one included; older ones are removed.").default("30");
    BOOTSTRAP_ADMIN_EMAIL = KeyDef::new("Bootstrap:AdminEmail", Kind::Text,
        "Address of the first administrator, used only on an empty database. Required there outside Development.")
        .development("admin@example.com");
    BOOTSTRAP_ADMIN_PASSWORD = KeyDef::new("Bootstrap:AdminPassword", Kind::Text,
        "Password of the first administrator. Not set: generated and shown once in Development, an error elsewhere.")
        .secret();
    BOOTSTRAP_TENANT = KeyDef::new("Bootstrap:Tenant", Kind::Text, "Code of the first tenant.").default("demo");
    BOOTSTRAP_CURRENCY = KeyDef::new("Bootstrap:Currency", Kind::Text,
        "Functional currency of the first tenant, ISO 4217.").default("SAR");
    BOOTSTRAP_TEMPLATE = KeyDef::new("Bootstrap:Template", Kind::Choice(&["sa-standard", "empty"]),
        "`sa-standard`: a Saudi chart of accounts with example books. `empty`: nothing.")
        .default("empty").development("sa-standard");
    AUTH_ISSUER = KeyDef::new("Auth:Issuer", Kind::Text, "`iss` of the tokens issued and accepted.").default("erp-api");
    AUTH_AUDIENCE = KeyDef::new("Auth:Audience", Kind::Text, "`aud` of the tokens issued and accepted.")
        .default("erp-api");
    AUTH_ACCESS_TOKEN_MINUTES = KeyDef::new("Auth:AccessTokenMinutes", integer(1, 1440, "minutes"),
        "Life of an access token.").default("15");
    AUTH_REFRESH_TOKEN_DAYS = KeyDef::new("Auth:RefreshTokenDays", integer(1, 365, "days"),
        "Life of a refresh token.").default("30");
    AUTH_SESSION_DAYS = KeyDef::new("Auth:SessionDays", integer(1, 3650, "days"),
        "How long a session lasts at most, however often its refresh token is exchanged; then the user signs in anew.")
        .default("90");
    AUTH_SIGNING_KEYS = KeyDef::new("Auth:SigningKeys:*", Kind::Long(32),
        "Keys that sign tokens (at least 32 bytes, four at most). The first signs, all verify. A key that stops signing \
         verifies until its last token has ended. Not set: generated in the data folder in Development, an error \
         elsewhere.")
        .secret().live().aliases(&[accepted("jwt-key"), accepted("jwt-key-next")]);
    AUTH_LOCKOUT_FAILURES = KeyDef::new("Auth:LockoutFailures", integer(1, 100, "failures"),
        "Wrong passwords in a row that lock an account.").default("5");
    AUTH_LOCKOUT_MINUTES = KeyDef::new("Auth:LockoutMinutes", integer(1, 1440, "minutes"),
        "How long an account stays locked.").default("15");
    AUTH_OIDC = KeyDef::new("Auth:Oidc:**", Kind::Text,
        "Other issuers whose tokens count (OpenID Connect, such as Entra ID): `Auth:Oidc:0:Issuer`, `:Audience`, `:Metadata`, \
         `:TenantClaim`, `:Tenants:{value}`, `:UserClaim`, `:RolesClaim`, `:Roles:{value}`. See SECURITY.md.");
    LIMIT_BODY = KeyDef::new("Limits:BodyBytes", integer(1024, 64 * MIB, "bytes"), "Largest request body.")
        .default("1048576");
    LIMIT_IMPORT_BODY = KeyDef::new("Limits:ImportBodyBytes", integer(1024, 4096 * MIB, "bytes"),
        "Largest body of an import.").default("367001600");
    LIMIT_REQUEST_SECONDS = KeyDef::new("Limits:RequestTimeoutSeconds", integer(1, 600, "seconds"),
        "Longest time one request may take.").default("30");
    LIMIT_IMPORT_SECONDS = KeyDef::new("Limits:ImportTimeoutSeconds", integer(1, 7200, "seconds"),
        "Longest time one import or export may take.").default("900");
    ATTACHMENT_BYTES = KeyDef::new("Attachments:BytesMax", integer(1024, 5 * 1024 * 1024 * MIB, "bytes"),
        "Largest attachment.").default("367001600");
    ATTACHMENT_TENANT_BYTES = KeyDef::new("Attachments:TenantBytesMax", integer(0, i64::MAX as u64, "bytes"),
        "All attachments of one tenant, those on their way included; 0: no limit.").default("10737418240");
    ATTACHMENT_TYPES = KeyDef::new("Attachments:Types:*", Kind::Text,
        "Media types that are accepted, such as `application/pdf`. None given: papers, pictures, tables, messages and \
         archives. Programs, scripts and web pages are refused whatever is listed here.");
    ATTACHMENT_DOWNLOAD_URL = KeyDef::new("Attachments:DownloadUrlSeconds", integer(10, 86_400, "seconds"),
        "Life of a URL that downloads an attachment without a token.").default("300");
    ATTACHMENT_UPLOAD_URL = KeyDef::new("Attachments:UploadUrlSeconds", integer(60, 86_400, "seconds"),
        "Life of a URL that an announced attachment is sent to.").default("3600");
    ATTACHMENT_PUBLIC_URL = KeyDef::new("Attachments:PublicUrl", Kind::Text,
        "Where clients reach this API, such as `https://erp.example.com`, for links to it. Not set: links are paths.");
    LIMIT_CONNECTIONS = KeyDef::new("Limits:Connections", integer(1, 1_000_000, "connections"),
        "Connections at the same time. When all are taken, the one that has been idle longest is closed for the next; when \
         none is idle, the next is answered 503. Not set: one for each 32 KiB of an eighth of the memory, and never more than \
         seven eighths of the files that may be open.");
    LIMIT_HEAD_SECONDS = KeyDef::new("Limits:HeaderTimeoutSeconds", integer(1, 600, "seconds"),
        "From the first byte of a request until its headers are complete, and from the opening of a connection until that \
         byte; then the connection is closed.").default("10");
    LIMIT_KEEP_ALIVE = KeyDef::new("Limits:KeepAliveSeconds", integer(1, 3600, "seconds"),
        "How long a connection stays open without a request. A proxy in front should close its own connections sooner.")
        .default("75");
    LIMIT_CONCURRENT = KeyDef::new("Limits:ConcurrentRequests", integer(1, 65_536, "requests"),
        "Most requests served at the same time. Below it the server finds by itself how many it can, by how long they take \
         and wait; more are answered 503. Not set: one for each 256 KiB of an eighth of the memory, 64 to 2048.");
    LIMIT_TRANSFERS = KeyDef::new("Limits:ConcurrentTransfers", integer(1, 65_536, "transfers"),
        "Uploads, imports, exports and reports as files at the same time; more are answered 503. Not set: by memory and \
         processors, 4 to 256.");
    LIMIT_BYTES = KeyDef::new("Limits:BytesInFlight", integer(MIB, 1024 * 1024 * MIB, "bytes"),
        "Memory for bodies and answers on their way, where a body counts four times; more is answered 503. Not set: a \
         quarter of the memory, at most 1 GiB.");
    LIMIT_ANONYMOUS_BODY = KeyDef::new("Limits:AnonymousBodySeconds", integer(1, 600, "seconds"),
        "How long the server waits for the body of a request without valid credentials.").default("5");
    LIMIT_BODY_PACE = KeyDef::new("Limits:BodyBytesPerSecondMin", integer(1, 1024 * MIB, "bytes per second"),
        "How fast a body must come after its first ten seconds.").default("4096");
    LIMIT_ADDRESS_RATE = KeyDef::new("Limits:RatePerMinutePerAddress", RATE,
        "Requests of one address (of IPv6: of one network of 64 bits). Behind a proxy, see `Proxy:Trusted`. Of this and the \
         other rates: all of a minute may come at once, then they come back evenly; more are answered 429; processes that share \
         a Redis count together; 0 is no limit.").default("60000").live();
    LIMIT_TENANT_RATE = KeyDef::new("Limits:RatePerMinutePerTenant", RATE, "Requests of one tenant.")
        .default("60000").live();
    LIMIT_USER_RATE = KeyDef::new("Limits:RatePerMinutePerUser", RATE, "Requests of one user or API key.")
        .default("12000").live();
    LIMIT_SIGN_IN_ADDRESS = KeyDef::new("Limits:SignInsPerMinutePerAddress", RATE,
        "Attempts of one address to sign in, to renew or end a session, to accept an invitation or to change a password.")
        .default("120").live();
    LIMIT_SIGN_IN_ACCOUNT = KeyDef::new("Limits:SignInsPerMinutePerAccount", RATE,
        "Attempts to sign in to one account, or with one API key, right or wrong, from any address.").default("20").live();
    LIMIT_BATCH = KeyDef::new("Limits:BatchOperations", integer(1, 1000, "operations"),
        "Operations in one batch.").default("1000");
    LIMIT_EVENT_STREAMS = KeyDef::new("Limits:EventStreams", integer(1, 65_536, "streams"),
        "Open streams of server-sent events, of which one tenant has at most 64.").default("512");
    LIMIT_PASSWORD_HASHES = KeyDef::new("Limits:ConcurrentPasswordHashes", integer(1, 64, "hashes"),
        "Passwords hashed at the same time; each needs 19 MiB.").default("2");
    CACHE_TTL_REFERENCE = KeyDef::new("Cache:Ttl:Reference", integer(1, 86_400, "seconds"),
        "How long reference data (accounts, currencies) is cached.").default("300").live();
    CACHE_TTL_TRANSACTIONAL = KeyDef::new("Cache:Ttl:Transactional", integer(1, 86_400, "seconds"),
        "How long transactional data is cached.").default("60").live();
    CACHE_MEMORY = KeyDef::new("Cache:MemoryBytes", integer(MIB, 64 * 1024 * MIB, "bytes"),
        "Memory of the cache in this process.").default("16777216");
    DATABASE_WORKERS = KeyDef::new("Database:WorkersMax", integer(1, 100_000, "workers"),
        "The number of requests that SQL Server runs at once for all of its clients: the limit that its error 10928 names. With it each process knows \
         its share of connections, ⌊0.8 × workers ÷ (`Database:ReplicasMax` × 2)⌋. A connection string that names no `Max Pool \
         Size` has that many; one that names more is warned of at start. Not set: no share is known.");
    DATABASE_REPLICAS = KeyDef::new("Database:ReplicasMax", integer(1, 1_000, "processes"),
        "Processes of one version that run at most. While a version replaces another one, as many of that run beside them.")
        .default("10");
    DATABASE_READERS = KeyDef::new("Database:ReaderConnections", integer(1, 64, "connections"),
        "Connections of the embedded engine that read. Not set: two for each processor, 2 to 8.");
    DATABASE_PAGE_CACHE = KeyDef::new("Database:PageCacheMiB", integer(4, 65_536, "MiB"),
        "Memory in which the embedded engine keeps pages, all connections together. Not set: a sixteenth of the memory, 16 \
         to 256.");
    DATABASE_GROUP = KeyDef::new("Database:GroupCommitMax", integer(1, 1024, "commands"),
        "Commands that share one physical commit of the embedded engine.").default("256");
    DATABASE_QUEUE = KeyDef::new("Database:WriteQueueMax", integer(1, 65_536, "commands"),
        "Commands that wait for the writer of the embedded engine; more are answered 503.").default("4096");
    DATABASE_BUSY = KeyDef::new("Database:BusyTimeoutMs", integer(0, 60_000, "milliseconds"),
        "How long a statement of the embedded engine waits for another process's lock.").default("10000");
    BACKUP_ENABLED = KeyDef::new("Backup:Enabled", SWITCH,
        "Whether the embedded database is backed up by the calendar of BACKUP.md, and every commit is kept for that. A SQL Server \
         backs itself up.").default("false");
    BACKUP_CONNECTION = KeyDef::new("Backup:ConnectionString", Kind::ConnectionString,
        "Where backups go, in the forms of `AzureStorage:ConnectionString`. Better another account than the files', whose loss \
         it must survive. Not set: the account of the files, or `file://backups`.").secret();
    BACKUP_CONTAINER = KeyDef::new("Backup:Container", Kind::Text,
        "The container backups are kept in; made if it is missing and that is allowed.").default("erp-backups");
    BACKUP_KEY = KeyDef::new("Backup:EncryptionKey", Kind::Text,
        "The key that encrypts backups: Base64 of 32 bytes, such as `openssl rand -base64 32` prints. Without it no backup can be \
         read, so it is kept elsewhere, too. Required where backups are taken outside Development.").secret();
    BACKUP_RETIRED_KEYS = KeyDef::new("Backup:RetiredEncryptionKeys:*", Kind::Text,
        "Earlier keys, with which older backups can still be read.").secret();
    BACKUP_LOG = KeyDef::new("Backup:LogSeconds", integer(1, 3600, "seconds"),
        "How often commits are backed up, and so at most how much is lost with the disk.").default("300");
    BACKUP_DAYS = KeyDef::new("Backup:RetentionDays", integer(1, 3660, "days"),
        "How many days back any moment can be restored. Beyond, the first full backups of 5 weeks, 12 months and 7 years are kept.")
        .default("30");
    BACKUP_ARCHIVE = KeyDef::new("Backup:ArchiveMiB", integer(16, 1_048_576, "MiB"),
        "The most that is kept beside the database for backups. Beyond it, the next backup is a full one.").default("4096");
    STARTUP_SECONDS = KeyDef::new("Startup:TimeoutSeconds", integer(0, 3600, "seconds"),
        "How long the database, the vault and App Configuration are waited for at start, each by itself. Meanwhile the server \
         is live and not ready; then it ends with exit code 69. For the vault and App Configuration it is read from the \
         sources up to the command line. A password that is refused ends the start at once.").default("120");
    SHUTDOWN_DRAIN = KeyDef::new("Shutdown:DrainDelaySeconds", integer(0, 300, "seconds"),
        "From the stop signal until no new connection is accepted, while readiness already says 503: 0 in Kubernetes, \
         10 behind a plain proxy.").default("0");
    SHUTDOWN_GRACE = KeyDef::new("Shutdown:GraceSeconds", integer(0, 600, "seconds"),
        "How long requests in flight may take to finish. A second stop signal does not wait for them.").default("30");
    ADMIN_URLS = KeyDef::new("Admin:Urls", Kind::Urls,
        "Addresses of the admin listener (health in full, log levels, `/debug`), which has no authentication: \
         keep it reachable by operators only, never through a service or a gateway. `off`: none. A taken port \
         ends the start; the default of Development is then left out with a warning. See HEALTH.md.")
        .default("http://*:9090").development("http://127.0.0.1:9090");
    HEALTH_CERTIFICATES = KeyDef::new("Health:Certificates:*", Kind::Path,
        "Files with certificates, PEM or DER, whose end the health check watches, such as that of the proxy in front. \
         The certificates of the connection strings are watched in any case.").live();
    PROXY_TRUSTED = KeyDef::new("Proxy:Trusted:*", Kind::Text,
        "Networks of the proxies in front, such as `10.1.0.0/16`. Only their `X-Forwarded-For` counts: for \
         limits, queues and the log. Give the networks of all proxies that a request passes. None: the address \
         that connects is the client.");
    PROXY_FRONT_DOOR = KeyDef::new("Proxy:FrontDoorId", Kind::Text,
        "The id of the Azure Front Door in front. Requests without it in `X-Azure-FDID`, or not through a trusted proxy where \
         `Proxy:Trusted` names some, are refused with 403; health is not.");
    CORS_ORIGINS = KeyDef::new("Cors:AllowedOrigins:*", Kind::Text,
        "Origins whose pages may call the API, such as `https://app.example.com`. None: no cross-origin calls.");
}

/// The definition a key belongs to.
pub fn find(key: &str) -> Option<&'static KeyDef> {
    ALL.iter().copied().find(|def| def.matches(key))
}

/// Whether `key` is a known name without sections, so that `--Urls` is a setting and `--file` is not.
pub fn is_root_key(key: &str) -> bool {
    !key.contains(':') && find(key).is_some()
}

/// Whether a known key has this first segment.
pub fn is_section(segment: &str) -> bool {
    let has = |key: &str| key.split_once(':').is_some_and(|(first, _)| first.eq_ignore_ascii_case(segment));
    ALL.iter().any(|def| has(def.key) || def.aliases.iter().any(|alias| has(alias.key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_aliases_match() {
        assert!(std::ptr::eq(find("auth:signingkeys:3").unwrap(), &AUTH_SIGNING_KEYS));
        assert!(std::ptr::eq(find("JWT-KEY").unwrap(), &AUTH_SIGNING_KEYS));
        assert!(std::ptr::eq(find("serilog:minimumlevel").unwrap(), &LOG_LEVEL));
        assert!(std::ptr::eq(find("Serilog:MinimumLevel:Override:Microsoft.X").unwrap(), &LOG_OVERRIDES));
        assert!(find("Auth:SigningKeys").is_none() && find("Auth:SigningKeys:0:x").is_none());
        assert!(std::ptr::eq(find("featuremanagement:Beta:EnabledFor:0:Name").unwrap(), &FEATURES));
        assert!(find("FeatureManagement").is_none() && find("FeatureManagement:").is_none());
        assert!(is_section("services") && !is_section("path") && is_root_key("urls"));
    }

    #[test]
    fn keys_are_defined_once() {
        let mut names: Vec<_> = ALL.iter().map(|def| def.key.to_lowercase()).collect();
        names.extend(ALL.iter().flat_map(|def| def.aliases).map(|alias| alias.key.to_lowercase()));
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
