//! The cadence with a paused clock, the rest with real files.

use std::path::Path;
use std::sync::Mutex;

use application::ports::configuration::{ConfigurationSource, SecretText};
use async_trait::async_trait;
use uuid::Uuid;

use super::*;
use crate::config::load::tests::{CHECKS, adapters, pairs, remote_layer, with_sources};
use crate::config::{CacheChoice, RemoteSources, Settings, Source};

/// The middle of the jitter, or its ends.
struct Random(u16);

impl Ids for Random {
    fn new_id(&self) -> Uuid {
        Uuid::nil()
    }
    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }
}

/// A source whose answers the test decides, and that notes when it was asked.
#[derive(Default)]
struct Scripted {
    answer: Mutex<Option<Vec<(String, String)>>>,
    asked: Mutex<Vec<Instant>>,
    /// How long an answer takes.
    takes: Mutex<Duration>,
    /// How long it wants to be left alone after a failure, and until when that is.
    alone: Mutex<Option<Duration>>,
    alone_until: Mutex<Option<Instant>>,
}

impl Scripted {
    fn says(&self, values: Option<&[(&str, &str)]>) {
        *self.answer.lock().unwrap() = values.map(pairs);
    }
    /// Seconds between the times it was asked.
    fn pauses(&self) -> Vec<f64> {
        let asked = self.asked.lock().unwrap();
        asked.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }
}

#[async_trait]
impl ConfigurationSource for Scripted {
    fn name(&self) -> String {
        "Key Vault https://stub".to_owned()
    }
    async fn load(&self) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
        self.asked.lock().unwrap().push(Instant::now());
        let takes = *self.takes.lock().unwrap();
        tokio::time::sleep(takes).await;
        let answer = self.answer.lock().unwrap().clone();
        let alone = *self.alone.lock().unwrap();
        *self.alone_until.lock().unwrap() =
            if answer.is_none() { alone.map(|alone| Instant::now() + alone) } else { None };
        let values = answer.ok_or_else(|| ConfigurationSourceError::Unavailable("status 500".to_owned()))?;
        let values: Vec<_> = values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        Ok(Some(vec![remote_layer("Key Vault https://stub", &values)]))
    }
    fn back_off(&self) -> Option<Duration> {
        let until = (*self.alone_until.lock().unwrap())?;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

struct Running {
    live: LiveSettings,
    folder: tempfile::TempDir,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    async fn start(sources: RemoteSources, files: &[(&str, &str)], random: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        std::fs::create_dir_all(folder.path().join("secrets")).unwrap();
        let adapters = if sources.key_vault.is_some() || sources.app_configuration.is_some() {
            with_sources(sources)
        } else {
            adapters()
        };
        let secrets = folder.path().join("secrets").display().to_string();
        let variables = pairs(&[
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("KeyVault__Uri", "https://stub"),
            ("AppConfig__Endpoint", "https://stub"),
            ("Secrets__Directory", &secrets),
        ]);
        let sources = Sources { directory: folder.path().to_owned(), variables, ..Sources::default() };
        let configuration = Configuration::load(&sources, &adapters).await.unwrap();
        let reloader = Reloader::new(configuration, sources, CHECKS, Arc::new(Random(random)));
        let (stop, stopped) = watch::channel(false);
        let live = reloader.live();
        let task = tokio::spawn(reloader.run(stopped));
        Self { live, folder, stop, task }
    }

    fn write(&self, name: &str, text: &str) {
        // As editors and deployments do it: in one step.
        let new = self.folder.path().join(format!(".{}.new", name.replace('/', "-")));
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path(name)).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for the next settings; real time.
    async fn next(&self, settings: &mut watch::Receiver<Arc<Settings>>) -> Arc<Settings> {
        tokio::time::timeout(Duration::from_secs(10), settings.changed()).await.unwrap().unwrap();
        settings.borrow_and_update().clone()
    }

    async fn refusals(&self, count: u64) {
        for _ in 0..200 {
            if self.live.failures().get(REFUSED) == Some(&count) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{:?}", self.live.failures());
    }

    async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }
}

fn vault() -> (Arc<Scripted>, RemoteSources) {
    let vault = Arc::new(Scripted::default());
    vault.says(Some(&[]));
    let sources = RemoteSources { key_vault: Some(vault.clone()), ..RemoteSources::default() };
    (vault, sources)
}

fn redis(settings: &Settings) -> Option<&str> {
    match &settings.cache.choice {
        CacheChoice::Redis(text) => Some(text.expose()),
        CacheChoice::Memory => None,
    }
}

/// Proves: B15.
#[tokio::test(start_paused = true)]
async fn the_vault_is_asked_every_five_minutes_give_or_take_a_tenth() {
    for (random, seconds) in [(0, 270.0), (u16::MAX / 2, 292.5), (u16::MAX, 315.0)] {
        let (vault, sources) = vault();
        *vault.takes.lock().unwrap() = Duration::from_secs(10);
        let running = Running::start(sources, &[], random).await;
        tokio::time::sleep(Duration::from_secs(1_700)).await;
        let pauses = vault.pauses();
        assert!(pauses.len() >= 5, "{pauses:?}");
        for pause in pauses {
            assert!((pause - seconds).abs() <= 0.01, "{pause} for {seconds}");
        }
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_age_of_a_source_counts_from_its_last_answer() {
    let (vault, sources) = vault();
    let running = Running::start(sources, &[], u16::MAX / 2).await;
    let age = || running.live.age(Source::KeyVault).unwrap().as_secs();
    assert_eq!(running.live.age(Source::AppConfiguration), None, "there is none");
    assert!(age() <= 1, "it answered at the start");
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert!((199..=201).contains(&age()), "{}", age());
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert!(age() <= 10, "it answered again, be it nothing new: {}", age());
    vault.says(None);
    tokio::time::sleep(Duration::from_secs(1_000)).await;
    assert!((1_000..=1_010).contains(&age()), "what fails is no answer: {}", age());
    vault.says(Some(&[]));
    tokio::time::sleep(Duration::from_secs(301)).await;
    assert!(age() <= 301, "{}", age());
    running.stop().await;
}

#[tokio::test]
async fn what_is_in_force_is_shown_with_what_waits_for_a_restart() {
    let file = r#"{ "Limits": { "BodyBytes": 2000 }, "jwt-key": "sentinel-sentinel-sentinel-sentinel" }"#;
    let running = Running::start(RemoteSources::default(), &[("appsettings.json", file)], 0).await;
    let shown = running.live.show();
    assert!(shown.contains("Limits:BodyBytes=2000 (appsettings.json)\n"), "{shown}");
    assert!(!shown.contains('#') && !shown.contains("sentinel"), "{shown}");
    let mut settings = running.live.watch();
    running.write("appsettings.json", r#"{ "Limits": { "BodyBytes": 3000, "RatePerMinutePerUser": 7 } }"#);
    running.next(&mut settings).await;
    let shown = running.live.show();
    assert!(shown.contains("Limits:RatePerMinutePerUser=7 (appsettings.json)\n"), "{shown}");
    let last = shown.lines().last().unwrap();
    assert_eq!(last, "# changed, counts after a restart only: Limits:BodyBytes");
    running.stop().await;
}

/// Proves: B15, X02, X04.
#[tokio::test(start_paused = true)]
async fn a_failing_vault_is_counted_and_its_last_values_stay() {
    let (vault, sources) = vault();
    vault.says(Some(&[("ConnectionStrings:Redis", "one:6379")]));
    let running = Running::start(sources, &[], u16::MAX / 2).await;
    let mut changes = running.live.select(|settings| settings.cache.choice.clone());
    vault.says(None);
    tokio::time::sleep(Duration::from_secs(700)).await;
    assert_eq!(redis(&running.live.current()), Some("one:6379"));
    let name = vault.name();
    let failures = running.live.failures()[&name];
    assert!((3..=6).contains(&failures), "{failures}");
    // Sooner than the usual five minutes at first, then slower.
    let pauses = vault.pauses();
    assert!((pauses[1] - 27.0).abs() < 0.1 && (pauses[2] - 54.0).abs() < 0.1, "{pauses:?}");
    assert!(pauses.iter().skip(1).all(|pause| *pause <= 301.0), "{pauses:?}");

    assert!(!changes.has_changed().unwrap());
    vault.says(Some(&[("ConnectionStrings:Redis", "two:6379")]));
    tokio::time::sleep(Duration::from_secs(301)).await;
    assert_eq!(redis(&running.live.current()), Some("two:6379"));
    let told = changes.borrow_and_update().clone();
    assert_eq!(told, CacheChoice::Redis(SecretText::new("two:6379")), "the port was told");
    // Values that are not good are refused as a whole, and the good ones stay.
    vault.says(Some(&[("ConnectionStrings:Redis", "three:6379"), ("Limits:BodyBytes", "many")]));
    tokio::time::sleep(Duration::from_secs(340)).await;
    assert_eq!(redis(&running.live.current()), Some("two:6379"));
    assert!(running.live.failures()[REFUSED] >= 1);
    assert_eq!(running.live.reloads(), 1);
    running.stop().await;
}

/// Proves: B16.
#[tokio::test(start_paused = true)]
async fn app_configuration_has_a_shorter_turn_that_can_be_changed() {
    let source = Arc::new(Scripted::default());
    source.says(Some(&[]));
    let sources = RemoteSources { app_configuration: Some(source.clone()), ..RemoteSources::default() };
    let running = Running::start(sources, &[], u16::MAX / 2).await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!(source.pauses().len(), 3, "{:?}", source.pauses());
    source.says(Some(&[("AppConfig:RefreshSeconds", "5"), ("FeatureManagement:Beta", "true")]));
    tokio::time::sleep(Duration::from_secs(60)).await;
    let last = *source.pauses().last().unwrap();
    assert!((last - 4.5).abs() <= 0.01, "{last}");
    assert_eq!(running.live.current().features.sections["Beta"], "true");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn app_configuration_is_never_asked_later_than_its_interval() {
    for (random, seconds) in [(0, 24.0), (u16::MAX / 2, 27.0), (u16::MAX, 30.0)] {
        let source = Arc::new(Scripted::default());
        source.says(Some(&[]));
        let sources = RemoteSources { app_configuration: Some(source.clone()), ..RemoteSources::default() };
        *source.takes.lock().unwrap() = Duration::from_secs(2);
        let running = Running::start(sources, &[], random).await;
        tokio::time::sleep(Duration::from_secs(200)).await;
        let pauses = source.pauses();
        assert!(pauses.len() >= 5, "{pauses:?}");
        for pause in &pauses {
            assert!((pause - seconds).abs() <= 0.01, "{pause} for {seconds}");
        }
        running.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_wants_to_be_left_alone_is_asked_right_after() {
    let source = Arc::new(Scripted::default());
    source.says(Some(&[]));
    let sources = RemoteSources { app_configuration: Some(source.clone()), ..RemoteSources::default() };
    let running = Running::start(sources, &[], u16::MAX).await;
    source.says(None);
    let alone = |seconds| *source.alone.lock().unwrap() = Some(Duration::from_secs(seconds));
    let asked = || source.asked.lock().unwrap().len();
    alone(120);
    tokio::time::sleep(Duration::from_secs(31)).await;
    assert_eq!(asked(), 2);
    // The second failure names a shorter time: nothing of ours is added or doubled.
    alone(40);
    tokio::time::sleep(Duration::from_secs(125)).await;
    source.says(Some(&[]));
    tokio::time::sleep(Duration::from_secs(75)).await;
    let pauses = source.pauses();
    for (pause, seconds) in pauses.iter().zip([30.0, 120.0, 40.0, 30.0]) {
        assert!((pause - seconds).abs() <= 0.01, "{pauses:?}");
    }
    assert_eq!(pauses.len(), 4, "{pauses:?}");
    assert_eq!(running.live.failures()[&source.name()], 2, "only what was asked can fail");
    running.stop().await;
}

/// Proves: J1.
#[tokio::test]
async fn a_changed_file_counts_within_a_second() {
    let level = |level: &str| format!(r#"{{ "Serilog": {{ "MinimumLevel": "{level}" }} }}"#);
    let running =
        Running::start(RemoteSources::default(), &[("appsettings.json", &level("Warning"))], 0).await;
    let mut settings = running.live.watch();
    settings.borrow_and_update();
    running.write("appsettings.json", &level("Debug"));
    let began = std::time::Instant::now();
    let debug = running.next(&mut settings).await.logging.levels.level("any");
    assert_eq!(debug, crate::telemetry::Level::Debug);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());

    // Half a file is refused, and so is another environment.
    running.write("appsettings.json", r#"{ "Serilog": "#);
    running.refusals(1).await;
    running.write("appsettings.json", r#"{ "Environment": "Production" }"#);
    running.refusals(2).await;
    assert_eq!(running.live.current().logging.levels.level("any"), crate::telemetry::Level::Debug);
    running.write("appsettings.Development.json", &level("Error"));
    running.write("appsettings.json", "{}");
    let error = running.next(&mut settings).await.logging.levels.level("any");
    assert_eq!(error, crate::telemetry::Level::Error);
    running.stop().await;
}

/// Proves: B15, E10.
#[cfg(unix)]
#[tokio::test]
async fn a_swapped_secret_rotates_what_depends_on_it() {
    use std::os::unix::fs::symlink;
    let first = "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae".to_owned();
    let files =
        [("secrets/..one/jwt-key", first.as_str()), ("secrets/..one/ConnectionStrings__Redis", "one:6379\n")];
    let running = Running::start(RemoteSources::default(), &files, 0).await;
    let swap = |version: &str| {
        symlink(version, running.path("secrets/..new")).unwrap();
        std::fs::rename(running.path("secrets/..new"), running.path("secrets/..data")).unwrap();
    };
    let mut settings = running.live.watch();
    settings.borrow_and_update();
    swap("..one");
    for name in ["jwt-key", "ConnectionStrings__Redis"] {
        symlink(Path::new("..data").join(name), running.path(&format!("secrets/{name}"))).unwrap();
    }
    let mut now = running.next(&mut settings).await;
    if redis(&now).is_none() || now.auth.signing_keys.is_empty() {
        // The poll fell between the two links.
        now = running.next(&mut settings).await;
    }
    assert_eq!((redis(&now), now.auth.signing_keys[0].expose()), (Some("one:6379"), first.as_str()));

    let keys = running.live.select(|settings| settings.auth.signing_keys.clone());
    let cache = running.live.select(|settings| settings.cache.choice.clone());
    let second = "T5bHc9JdSg3Aeq8Rr2vX0mYw1ZpLk7Nf".to_owned();
    std::fs::create_dir(running.path("secrets/..two")).unwrap();
    std::fs::write(running.path("secrets/..two/jwt-key"), &second).unwrap();
    std::fs::write(running.path("secrets/..two/ConnectionStrings__Redis"), "one:6379").unwrap();
    swap("..two");
    let now = running.next(&mut settings).await;
    assert_eq!(now.auth.signing_keys[0].expose(), second);
    assert!(keys.has_changed().unwrap(), "the port whose secret changed is told");
    assert!(!cache.has_changed().unwrap(), "the others are not");
    running.stop().await;
}
