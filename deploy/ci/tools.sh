# shellcheck shell=bash
# Sourced by the scripts beside it: installs what the checks need below target/tools/deploy and puts it on the PATH.
# Programs that only Debian packages have are installed when this runs as root, and named otherwise.

deploy_tools="${DEPLOY_TOOLS:-$PWD/target/tools/deploy}"
mkdir -p "$deploy_tools"

# A Python environment for each requirements file: checkov and the HCL parser do not live in one.
python_environment() {
    local wanted="deploy/ci/requirements-$1.txt" home="$deploy_tools/$1"
    if ! cmp -s "$wanted" "$home/installed.txt"; then
        echo "tools: installing $wanted"
        [ -x "$home/bin/pip" ] || python3 -m venv "$home" || return 1
        "$home/bin/pip" install --quiet --disable-pip-version-check -r "$wanted" || return 1
        cp "$wanted" "$home/installed.txt"
    fi
}

node_packages() {
    local home="$deploy_tools/npm"
    if ! cmp -s deploy/ci/package.json "$home/package.json"; then
        echo "tools: installing deploy/ci/package.json"
        mkdir -p "$home"
        cp deploy/ci/package.json "$home/wanted.json"
        (cd "$home" && cp wanted.json package.json && npm install --no-audit --no-fund --loglevel=error >/dev/null) \
            || { rm -f "$home/package.json"; return 1; }
    fi
}

# A Debian package that brings a program.
debian() {
    local program="$1" package="$2"
    command -v "$program" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "tools: $program is missing (Debian package $package)" >&2
        return 1
    fi
    echo "tools: installing $package"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -qq -y --no-install-recommends "$package" >/dev/null 2>&1 && return 0
    apt-get update -qq >/dev/null 2>&1 || true
    apt-get install -qq -y --no-install-recommends "$package" >/dev/null
}

install_tools() {
    debian python3 python3-venv
    debian node nodejs
    debian npm npm
    debian promtool prometheus
    debian amtool prometheus-alertmanager
    debian haproxy haproxy
    python_environment lint
    python_environment checkov
    python_environment hcl
    node_packages
}

export PATH="$deploy_tools/lint/bin:$deploy_tools/npm/node_modules/.bin:$PATH"
# Programs that must not share an environment are called by their full names.
export CHECKOV="$deploy_tools/checkov/bin/checkov"
export HCL_PYTHON="$deploy_tools/hcl/bin/python"
