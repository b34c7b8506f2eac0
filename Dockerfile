# The image of erp-api: chef → planner → builder → runtime.
# Both bases are named by digest, so that a build of today and one of next year start from the same bytes; where the digests
# come from, and how they are renewed, is in deploy/ci/image-digests.json. Hosts without a registry give their own bases with
# --build-arg (deploy/ci/image.sh does).
ARG RUST_IMAGE=docker.io/library/rust:1.95.0-slim-bookworm@sha256:d7482085ff5b415f84dba5647ae71606650bdef00db7aeb69f4b3d170c3e4082
ARG RUNTIME_IMAGE=docker.io/library/debian:bookworm-slim@sha256:abd67ffcfa541b485a3dff59865ab629aa048a6c613e639d36e7456b0b229241

# The toolchain and its helpers, the same in every stage that compiles.
FROM ${RUST_IMAGE} AS chef
ARG CARGO_CHEF_VERSION=0.1.78
ARG CARGO_AUDITABLE_VERSION=0.7.7
ENV CARGO_TERM_COLOR=never
WORKDIR /src
# Python writes the list of parts and licences. Of the distribution's packages the base decides the versions.
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/*
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo install --locked "cargo-chef@${CARGO_CHEF_VERSION}" "cargo-auditable@${CARGO_AUDITABLE_VERSION}"
# The base's compiler has to be the one that everything was tested with. The file itself stays outside /src: there it would
# have rustup fetch formatter and linter, too.
COPY rust-toolchain.toml /tmp/rust-toolchain.toml
RUN wanted="$(sed -n 's/^channel = "\(.*\)"$/\1/p' /tmp/rust-toolchain.toml)" \
    && case "$(rustc --version)" in \
        "rustc ${wanted} "*) ;; \
        *) echo "the base has $(rustc --version), rust-toolchain.toml wants ${wanted}" >&2; exit 1 ;; \
    esac

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS builder
# Dependencies are a layer of their own: it is built again only when they change.
COPY --from=planner /src/recipe.json recipe.json
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo chef cook --release --locked --package erp-api --bin erp-api --recipe-path recipe.json
COPY . .
# After everything that is cached, because each build has another one.
ARG REVISION=
# `auditable` keeps the list of crates inside the binary, where scanners of images find it.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    ERP_REVISION="${REVISION}" cargo auditable build --release --locked --package erp-api --bin erp-api \
    && install -D -m 0755 target/release/erp-api /out/app/erp-api \
    && install -m 0644 -t /out/app deploy/config/appsettings.json deploy/config/appsettings.Development.json \
        deploy/config/appsettings.Staging.json deploy/config/appsettings.Production.json \
    && deploy/ci/licenses.sh /out/doc

# The Arabic locale. locale-gen reads /etc/locale.gen and ignores its arguments, so the name is written there first.
FROM ${RUNTIME_IMAGE} AS locale
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends locales \
    && rm -rf /var/lib/apt/lists/* \
    && echo 'ar_SA.UTF-8 UTF-8' > /etc/locale.gen \
    && locale-gen \
    && [ "$(LC_ALL=ar_SA.UTF-8 locale charmap)" = UTF-8 ]

FROM ${RUNTIME_IMAGE} AS runtime
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates tzdata \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
    && groupadd --gid 1000 appuser \
    && useradd --uid 1000 --gid 1000 --no-create-home --home-dir /app --shell /usr/sbin/nologin appuser \
    && install -d -o 1000 -g 1000 -m 0755 /app /app/data /app/logs /app/secrets
# Only what was generated: the package that generates it is four times as large.
COPY --from=locale /usr/lib/locale/locale-archive /usr/lib/locale/locale-archive
# Root owns what runs, so that the process cannot change it.
COPY --from=builder /out/app/ /app/
COPY --from=builder /out/doc/ /usr/share/doc/erp-api/
# LC_ALL is not set: it could not be overridden, and the product formats nothing by the locale of its process. Tools that need
# a neutral one take LC_ALL=C.UTF-8, which Debian always has. A container listens for its neighbours in every environment;
# settings of files, of the orchestrator and of the command line count before this one.
ENV LANG=ar_SA.UTF-8 \
    LANGUAGE=ar_SA:ar \
    ASPNETCORE_URLS=http://*:8080
WORKDIR /app
# By number: `runAsNonRoot` cannot judge a name.
USER 1000:1000
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
# Live, not healthy: a dependency that is away is mended by no restart.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3 \
    CMD ["/app/erp-api", "healthcheck", "--path", "/health/live"]
ENTRYPOINT ["/app/erp-api"]
# Last, so that another version changes no layer.
ARG RUNTIME_IMAGE
ARG VERSION=0.0.0-unknown
ARG REVISION=
LABEL org.opencontainers.image.title="erp-api" \
    org.opencontainers.image.description="Multi-tenant ERP back end" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="https://github.com/erp-back-end/erp-back-end" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.base.name="${RUNTIME_IMAGE}"
