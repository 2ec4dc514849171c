#!/usr/bin/env bash
# Makes the virtual environment .venv and fetches what `make run` (argument: run) or `make test` (argument: test) needs.
#
# Asks nothing, ever. Installs system packages only where it may without a password (root, or sudo that needs none) and
# says in words what is missing otherwise. A stamp inside .venv makes the second call return at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly purpose="${1:-run}"
readonly venv=".venv"
readonly python="$venv/bin/python"
readonly stamp="$venv/.ready-for-$purpose"
readonly torch_cpu_index="https://download.pytorch.org/whl/cpu"
readonly torch_exact="2.13.0" # the release we test with; a CPU wheel of it that pip can find locally is taken
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

say() { printf '▸ %s\n' "$*"; }
warn() { printf '▸ %s\n' "$*" >&2; }
die() {
  warn "$@"
  exit 1
}

# --- system packages ------------------------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; }
}

lists_are_fresh() {
  [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 -print -quit 2>/dev/null)" ]
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" </dev/null >/dev/null
}

# apt_install PACKAGE...: quietly; refreshes the package lists first when they are old, and once more after a failure.
apt_install() {
  may_install || return 1
  say "Installing with apt-get: $*"
  lists_are_fresh || apt_get update || true
  apt_get install -y --no-install-recommends "$@" && return 0
  apt_get update && apt_get install -y --no-install-recommends "$@"
}

have() { command -v "$1" >/dev/null 2>&1; }

need_fluidsynth() {
  have fluidsynth || apt_install fluidsynth || true
  have fluidsynth && return 0
  warn "FluidSynth is not on this machine, so Cadencia plays with its built-in sound."
  warn "For the better one, install the system package 'fluidsynth' (Debian, Ubuntu: sudo apt-get install fluidsynth)."
}

# Without one, the small soundfont inside pretty_midi plays; FluidR3 is the better sound.
need_soundfont() {
  compgen -G '/usr/share/sounds/sf[23]/*.sf[23]' >/dev/null || compgen -G '/usr/share/soundfonts/*.sf[23]' >/dev/null ||
    apt_install fluid-soundfont-gm || true
}

# The reference that written tunes are compared with; without it those tests are skipped.
need_abc2midi() {
  have abc2midi || apt_install abcmidi || true
  have abc2midi || warn "abc2midi (Debian, Ubuntu: abcmidi) is not on this machine: tests that compare with it are skipped."
}

find_browser() { "$python" scripts/browser.py >/dev/null; }

need_browser() {
  find_browser && return 0
  apt_install chromium && find_browser && return 0
  say "Fetching Playwright's own Chromium"
  local with_deps=""
  may_install && with_deps="--with-deps"
  # shellcheck disable=SC2086  # the option is one word or none
  "$python" -m playwright install $with_deps chromium </dev/null >/dev/null 2>&1 && find_browser && return 0
  warn "The browser tests will FAIL. $("$python" scripts/browser.py || true)"
}

# --- Python ---------------------------------------------------------------------------------------------------------

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11 python; do
    if have "$name" && recent_enough "$name"; then
      printf '%s' "$name"
      return 0
    fi
  done
  local found="no Python"
  have python3 && found="$(python3 --version 2>&1)"
  die "Cadencia needs Python 3.11 or later; this machine has $found." \
    "Install it (Debian, Ubuntu: sudo apt-get install python3 python3-venv) and run make again."
}

can_make_venv() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

make_venv() {
  if [ -x "$python" ] && recent_enough "$python" && "$python" -m pip --version >/dev/null 2>&1; then return 0; fi
  local base package
  base="$(find_python)"
  package="$("$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  if ! can_make_venv "$base"; then
    apt_install "$package" || apt_install python3-venv || true
    can_make_venv "$base" || die "$base cannot make virtual environments here." \
      "Install its module (Debian, Ubuntu: sudo apt-get install $package) and run make again."
  fi
  say "Making the virtual environment $venv with $("$base" --version)"
  rm -rf "$venv"
  "$base" -m venv "$venv"
}

requirement_files() {
  if [ "$purpose" = test ]; then printf 'requirements.txt requirements-dev.txt'; else printf 'requirements.txt'; fi
}

fingerprint() {
  # shellcheck disable=SC2046  # a list of file names without spaces
  { "$python" -c 'import sys; print(sys.version, sys.prefix)'; cat $(requirement_files) scripts/setup.sh; } |
    "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

torch_is_there() { "$python" -c 'from importlib.metadata import version; version("torch")' >/dev/null 2>&1; }

# The plain PyPI wheel of torch on Linux brings 3 GB of CUDA along, so the CPU build goes in first where it can be had.
# --no-deps: what torch itself needs comes with the requirements, from the usual index.
install_torch_cpu() {
  [ "$(uname -s)" = Linux ] || return 0
  torch_is_there && return 0
  say "Installing PyTorch, CPU build (about 200 MB)"
  local range began=$SECONDS
  range="$(sed -n 's/^\(torch[><=!~][^ #]*\).*/\1/p' requirements.txt)"
  from_cpu_index() { pip_install --no-deps --timeout 10 --index-url "$torch_cpu_index" "$@" "$range" 2>/dev/null; }
  from_cpu_index --retries 0 && return 0
  # Longer than one time-out: the index did answer, and the download broke off. Once more, with patience.
  if [ $((SECONDS - began)) -gt 25 ]; then from_cpu_index --retries 5 && return 0; fi
  say "PyTorch's CPU index did not answer: looking for the CPU build elsewhere"
  pip_install --no-deps "torch==$torch_exact" 2>/dev/null && return 0
  warn "No CPU build of PyTorch found: taking the default one, which can be a download of 3 GB."
}

pip_install() { "$python" -m pip install --quiet "$@" </dev/null; }

install_requirements() {
  local file options=()
  for file in $(requirement_files); do options+=(-r "$file"); done
  say "Installing what $(requirement_files) name"
  pip_install "${options[@]}" || die "The Python packages could not be installed: see pip's words above."
}

# --- the whole ------------------------------------------------------------------------------------------------------

main() {
  case "$purpose" in run | test) ;; *) die "usage: bash scripts/setup.sh run|test" ;; esac
  make_venv
  if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ]; then
    install_torch_cpu
    install_requirements
    need_fluidsynth
    need_soundfont
    fingerprint >"$stamp"
  fi
  if [ "$purpose" = test ]; then
    need_browser
    need_abc2midi
  fi
}

main
