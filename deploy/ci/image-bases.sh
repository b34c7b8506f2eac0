# shellcheck shell=bash disable=SC2154 # `state` and `buildah` are those of image.sh
# Sourced by image.sh: bases made on this machine, for hosts that reach a Debian mirror and no registry of images. They have
# what the named ones have: Debian bookworm without extras, and on it the compiler, the toolchain that rust-toolchain.toml
# names and nothing else. What is compared with the real bases stays a rehearsal: digests are not.

base_debian="localhost/debian-base:bookworm"
base_rust="localhost/rust-base:bookworm"
mirror="${DEBIAN_MIRROR:-http://deb.debian.org/debian}"

has_image() { "${buildah[@]}" inspect --type image "$1" >/dev/null 2>&1; }

# A smaller image than debootstrap leaves: without lists, downloaded packages and manuals, as the official slim one.
make_debian_base() {
    has_image "$base_debian" && return 0
    local root="$state/debian"
    if [ ! -e "$root/.done" ]; then
        echo "image: debootstrap of $base_debian" >&2
        rm -rf --one-file-system "$root"
        debootstrap --variant=minbase bookworm "$root" "$mirror" >"$state/debootstrap.log" 2>&1
        rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/archives/*.deb "$root"/var/cache/apt/*.bin "$root"/var/log/*
        find "$root/usr/share/doc" -mindepth 1 -not -name copyright -not -type d -delete
        rm -rf "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/groff/* "$root"/usr/share/locale/*
        printf 'path-exclude /usr/share/doc/*\npath-include /usr/share/doc/*/copyright\npath-exclude /usr/share/man/*\npath-exclude /usr/share/locale/*\n' \
            >"$root/etc/dpkg/dpkg.cfg.d/docker"
        touch "$root/.done"
    fi
    local container
    container="$("${buildah[@]}" from scratch)"
    rm -f "$root/.done"
    "${buildah[@]}" add --quiet "$container" "$root" / >/dev/null
    touch "$root/.done"
    "${buildah[@]}" config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    "${buildah[@]}" commit --quiet --rm "$container" "$base_debian" >/dev/null
}

# The layout of the official image: toolchain below /usr/local/rustup, programs in /usr/local/cargo/bin.
make_rust_base() {
    has_image "$base_rust" && return 0
    echo "image: $base_rust from this machine's toolchain" >&2
    local toolchain name container root
    toolchain="$(rustc --print sysroot)"
    name="$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)-$(rustc -vV | sed -n 's/^host: //p')"
    container="$("${buildah[@]}" from "$base_debian")"
    "${buildah[@]}" run --isolation chroot "$container" -- sh -c \
        'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends ca-certificates gcc libc6-dev >/dev/null && rm -rf /var/lib/apt/lists/*' >&2
    root="$("${buildah[@]}" mount "$container")"
    install -d "$root/usr/local/rustup/toolchains/$name" "$root/usr/local/cargo/bin"
    # Without documentation and what rust-toolchain.toml does not need to build.
    (cd "$toolchain" && tar -cf - --exclude=share --exclude='bin/rust-analyzer' --exclude='bin/*miri*' .) \
        | tar -xf - -C "$root/usr/local/rustup/toolchains/$name" --no-same-owner
    printf 'version = "12"\ndefault_toolchain = "%s"\nprofile = "minimal"\n\n[overrides]\n' "$name" >"$root/usr/local/rustup/settings.toml"
    install -m 0755 "$(readlink -f "$(command -v rustup)")" "$root/usr/local/cargo/bin/rustup"
    for program in cargo rustc rustdoc; do ln -sf rustup "$root/usr/local/cargo/bin/$program"; done
    # Crates come the way that this machine takes: its authorities and, if it has one, its cargo configuration.
    cat /etc/ssl/certs/ca-certificates.crt >"$root/etc/ssl/certs/ca-certificates.crt"
    if [ -f "${CARGO_HOME:-$HOME/.cargo}/config.toml" ]; then
        cp "${CARGO_HOME:-$HOME/.cargo}/config.toml" "$root/usr/local/cargo/config.toml"
    fi
    "${buildah[@]}" umount "$container" >/dev/null
    "${buildah[@]}" config --env RUSTUP_HOME=/usr/local/rustup --env CARGO_HOME=/usr/local/cargo \
        --env PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    "${buildah[@]}" commit --quiet --rm "$container" "$base_rust" >/dev/null
}
