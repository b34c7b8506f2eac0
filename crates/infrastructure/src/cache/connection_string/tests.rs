use super::*;

fn parsed(text: &str) -> RedisOptions {
    text.parse().unwrap_or_else(|error: RedisStringError| panic!("{text}: {error}"))
}

fn endpoints(options: &RedisOptions) -> Vec<String> {
    options.endpoints.iter().map(ToString::to_string).collect()
}

/// Proves: B4, B8, GV6.
#[test]
fn the_strings_of_the_specification() {
    let plain = parsed("localhost:6379");
    assert_eq!((endpoints(&plain), plain.tls), (vec!["localhost:6379".to_owned()], false));
    assert_eq!(endpoints(&parsed("localhost")), ["localhost:6379"]);
    let tls = parsed("localhost,ssl=true");
    assert_eq!((endpoints(&tls), tls.tls), (vec!["localhost:6380".to_owned()], true));

    let azure = parsed("erp-staging.redis.cache.windows.net:6380,ssl=true,password=s3cret=");
    assert!(azure.tls && !azure.abort_connect && azure.ssl_host.is_none());
    assert_eq!(endpoints(&azure), ["erp-staging.redis.cache.windows.net:6380"]);
    assert_eq!(azure.password.as_ref().map(Password::expose), Some("s3cret="));
    let shown = format!("{azure:?}");
    assert!(shown.contains("***") && !shown.contains("s3cret"), "{shown}");

    let two = parsed("redis0:6380,redis1:6380,allowAdmin=true");
    assert_eq!(endpoints(&two), ["redis0:6380", "redis1:6380"]);
    assert_eq!(two.ignored, ["allowAdmin"]);
    assert!(!two.tls && two.abort_connect);

    let map = parsed("localhost,$INFO=,$SELECT=use").commands;
    assert!(map.disabled("INFO"));
    assert_eq!((map.name("SELECT"), map.name("GET")), (Some("use"), Some("GET")));
    assert_eq!(parsed("localhost,password=a=b=").password, Some(Password::new("a=b=")));
}

/// Proves: B4.
#[test]
fn every_option_has_its_place() {
    let options = parsed(
        " h1 , [::1]:7000 ,::1, USER = erp ,Password=p,SSL=yes,sslHost=cert.example,abortConnect=off,\
         connectTimeout=1500,syncTimeout=2500,connectRetry=7,keepAlive=60,defaultDatabase=3,name=erp-api,\
         channelPrefix=erp:,serviceName=mymaster,",
    );
    assert_eq!(endpoints(&options), ["h1:26379", "[::1]:7000", "[::1]:26379"]);
    assert_eq!(options.user.as_deref(), Some("erp"));
    assert_eq!(options.ssl_host.as_deref(), Some("cert.example"));
    assert!(options.tls && !options.abort_connect);
    assert_eq!(options.connect_timeout, Duration::from_millis(1_500));
    assert_eq!(options.async_timeout, Duration::from_millis(2_500), "as syncTimeout unless given");
    assert_eq!(parsed("h,syncTimeout=1,asyncTimeout=9").async_timeout, Duration::from_millis(9));
    assert_eq!(options.default_database, 3);
    assert_eq!(options.ignored, ["connectRetry", "keepAlive"]);
    assert_eq!(parsed("h,abortConnect=true").ignored, ["abortConnect"], "the server starts without Redis");
    assert_eq!(options.name.as_deref(), Some("erp-api"));
    assert_eq!(options.channel_prefix, "erp:");
    assert_eq!(options.service_name.as_deref(), Some("mymaster"));
    let defaults = parsed("h");
    assert!(defaults.abort_connect && defaults.password.is_none() && !defaults.has_credentials());
    assert_eq!(
        (defaults.connect_timeout, defaults.sync_timeout),
        (Duration::from_secs(5), Duration::from_secs(5))
    );
    assert_eq!(parsed("h,password=a,password=b").password, Some(Password::new("b")), "the last counts");
    assert_eq!(parsed("h,password=").password, None);
}

/// Proves: B4.
#[test]
fn documented_options_without_meaning_are_accepted() {
    let text = "h,allowAdmin=true,checkCertificateRevocation=false,configChannel=x,configCheckSeconds=9,\
        defaultOptions=x,heartbeatConsistencyChecks=true,heartbeatInterval=1000,highIntegrity=true,\
        highPriorityThreads=true,libraryName=x,preserveAsyncOrder=true,protocol=resp3,proxy=None,resolveDns=true,\
        responseTimeout=1,setlib=false,sslProtocols=Tls12,tcpKeepAlive=true,tiebreaker=,version=7.0,writeBuffer=4096,\
        connectRetry=-1,keepAlive=60";
    assert_eq!(parsed(text).ignored.len(), 23);
    assert!(parsed("h,tunnel=").ignored.is_empty());
}

/// Proves: B4, B8.
#[test]
fn azure_hosts_have_defaults_of_their_own() {
    for host in ["a.redis.cache.windows.net:6380", "A.Westeurope.Redis.Azure.Net:10000"] {
        let options = parsed(host);
        assert!(options.tls && !options.abort_connect, "{host}");
    }
    assert!(!parsed("a.redis.cache.windows.net:6379").tls);
    assert!(!parsed("a.redis.cache.windows.net:6380,ssl=false").tls);
    assert!(parsed("a.redis.cache.windows.net,abortConnect=true").abort_connect);
    assert!(!parsed("example.org:6380").tls);
    for host in [
        "erp.usgovvirginia.redis.usgovcloudapi.net:10000",
        "erp.region.redis.chinacloudapi.cn",
        "erp.region.redis.sovcloud-api.de:8500",
        "erp.region.redis.sovcloud-api.fr",
        "erp.region.redis.azure.net:8500",
        "erp.region.redis.azure.net",
        "erp.region.redis.azure.net.:10000",
    ] {
        assert!(parsed(host).tls && !parsed(host).abort_connect, "{host}: its key must not go out in clear");
        assert!(!parsed(&format!("{host},ssl=false")).tls, "{host}");
    }
    assert!(!parsed("evilredis.azure.net:6379").tls);
}

#[test]
fn sentinels_have_a_port_and_credentials_of_their_own() {
    let options =
        parsed("a,[::1],h:7,serviceName=mymaster,sentinelUser=watch,sentinelPassword=hush,password=other");
    assert_eq!(endpoints(&options), ["a:26379", "[::1]:26379", "h:7"]);
    assert_eq!(endpoints(&parsed("a,ssl=true,serviceName=m")), ["a:26379"]);
    assert_eq!(options.sentinel_user.as_deref(), Some("watch"));
    assert_eq!(options.sentinel_password.as_ref().map(Password::expose), Some("hush"));
    assert!(!format!("{options:?}").contains("hush"));
}

#[test]
fn values_that_stackexchange_takes_are_taken() {
    assert_eq!(parsed("h,name=My App").name.as_deref(), Some("MyApp"));
    assert_eq!(parsed("h,defaultDatabase=-1").default_database, 0);
    let longest = Duration::from_secs(3_600);
    for text in ["connectTimeout=0", "connectTimeout=-1", "connectTimeout=2147483647"] {
        assert_eq!(parsed(&format!("h,{text}")).connect_timeout, longest, "{text}");
    }
    assert_eq!(parsed("h,syncTimeout=2147483647").async_timeout, longest);
}

/// Proves: B4, GV6.
#[test]
fn what_is_wrong_is_named_and_no_secret_is() {
    for (text, error) in [
        ("", "names no endpoint; write host:port first"),
        (" , password=hush", "names no endpoint; write host:port first"),
        ("localhost,frobnicate=1", "has the unknown option 'frobnicate'"),
        ("localhost,password=hush,passwrd=hush", "has the unknown option 'passwrd'"),
        (
            "redis://u:hush@h:1",
            "endpoint 1 is a URL; write host:port and the options behind it, separated by commas",
        ),
        ("h,!/run/hush.sock", "endpoint 2 is a Unix socket, which is not supported; write host:port"),
        ("h,:6379", "endpoint 2 has no host; write host:port"),
        ("[::1", "endpoint 1 has no host; write host:port"),
        ("h:hush", "endpoint 1 has no valid port; write host:port with a port from 1 to 65535"),
        ("h:0", "endpoint 1 has no valid port; write host:port with a port from 1 to 65535"),
        ("h:65536", "endpoint 1 has no valid port; write host:port with a port from 1 to 65535"),
        ("h:+1", "endpoint 1 has no valid port; write host:port with a port from 1 to 65535"),
        ("h,ssl=hush", "option 'ssl' takes true or false"),
        ("h,abortConnect=", "option 'abortConnect' takes true or false"),
        ("h,connectTimeout=5s", "option 'connectTimeout' takes a whole number of milliseconds"),
        ("h,syncTimeout=-2", "option 'syncTimeout' takes a whole number of milliseconds"),
        ("h,asyncTimeout=x", "option 'asyncTimeout' takes a whole number of milliseconds"),
        ("h,defaultDatabase=-2", "option 'defaultDatabase' takes the number of a database"),
        (
            "h,tunnel=http:proxy:8080",
            "asks for a tunnel, which is not supported: the connection would go around the proxy",
        ),
        (
            "default:hush@127.0.0.1:8412",
            "endpoint 1 has a user or password in it; write host:port,user=…,password=…",
        ),
        ("h,hush@h", "endpoint 2 has a user or password in it; write host:port,user=…,password=…"),
        ("h;password=hush", "separates its parts by ';'; separate them by ','"),
        ("\"h:1,password=hush\"", "is in quotation marks, which are part of the value here; leave them out"),
        ("'h'", "is in quotation marks, which are part of the value here; leave them out"),
        (
            "h/hush",
            "endpoint 1 is no host name or address; write host:port and the options behind it, separated by commas",
        ),
        ("h,$GET=", "disables the command GET, which the cache needs"),
        ("h,$subscribe=", "disables the command SUBSCRIBE, which the cache needs"),
    ] {
        let found = text.parse::<RedisOptions>().err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), Some(error), "{text}");
        assert!(!error.contains("hush"));
    }
    let many = vec!["h"; ENDPOINTS_MAX + 1].join(",");
    assert_eq!(many.parse::<RedisOptions>().err(), Some(RedisStringError::TooManyEndpoints));
}
