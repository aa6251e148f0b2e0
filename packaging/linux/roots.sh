# Clean Debian 12 roots to build and to try packages in: nothing of this machine can slip in. Sourced, never run.
#
# Promises:
#  - Needs root and debootstrap, and says so. Roots are kept packed in build/roots; delete that folder to make them anew.
#  - Mounts live in a mount namespace of the command that runs inside: none is left behind, however it ends.
#
# QUAY_DEBIAN_MIRROR: another mirror than Debian's own.
# shellcheck shell=bash

# A root that could not be made must not be packed and believed the next time.
shopt -s inherit_errexit

readonly DEBIAN=bookworm
release=$DEBIAN # of the root `base`; those to build and to check in are always made from $DEBIAN
readonly UBUNTU=noble # to try packages in; its keys: package ubuntu-keyring
readonly roots="$root/build/roots"

# What the build itself runs. The libraries of WINDOW_LIBRARIES are there so that PyInstaller finds those it bundles.
readonly BUILD_PACKAGES="python3 python3-venv libpython3.11 binutils xz-utils libdbus-1-3 libegl1 libgl1 libglib2.0-0
libfontconfig1 libxkbcommon0 libxkbcommon-x11-0 libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0
libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1
libwayland-client0 libwayland-cursor0"
readonly CHECK_PACKAGES="lintian desktop-file-utils appstream"

tell() { printf '%s\n%s\n' "$1" "$2" >&2; }

need_root() {
  if ((EUID != 0)); then
    tell "Cần quyền root để tạo hệ Debian sạch: chạy lại với sudo." "A clean Debian root needs root: run this again with sudo."
    exit 2
  fi
  if ! command -v debootstrap >/dev/null; then
    tell "Thiếu debootstrap: apt-get install debootstrap" "debootstrap is missing: apt-get install debootstrap"
    exit 2
  fi
}

# inside ROOT COMMAND…: runs it as root in there, with /proc and the network's names. Of this machine's devices only those
# that hold nothing are there: a package's script that writes into /dev writes into a folder of the root's own.
inside() {
  local place=$1
  shift
  unshare --mount --pid --fork --propagation private sh -ec '
    place=$1; shift
    mount -t proc proc "$place/proc"
    mount -t tmpfs -o mode=755 tmpfs "$place/dev"
    for device in null zero full random urandom tty; do
      : >"$place/dev/$device"
      mount --bind "/dev/$device" "$place/dev/$device"
    done
    mkdir "$place/dev/pts" "$place/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$place/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$place/dev/shm"
    ln -s pts/ptmx "$place/dev/ptmx"
    ln -s /proc/self/fd "$place/dev/fd"
    for stream in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${stream%:*}" "$place/dev/${stream#*:}"; done
    mount -t tmpfs -o mode=1777 tmpfs "$place/tmp"
    exec chroot "$place" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive "$@"' inside "$place" "$@"
}

# The names of the network, and whose certificates this machine trusts: a registry may stand behind a proxy.
_connect() {
  cp -L -- /etc/resolv.conf "$1/etc/resolv.conf"
  if [[ -r /etc/ssl/certs/ca-certificates.crt ]]; then
    cp -L -- /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"
  fi
}

# packed_root NAME: prints the path of the packed root `base`, `build` or `check`, making it first if it is missing.
packed_root() {
  local name=$1 packed place
  packed="$roots/$name-$(_stamp "$name").tar"
  if [[ ! -s $packed ]]; then
    mkdir -p -- "$roots"
    if [[ $name != base ]]; then rm -f -- "$roots/$name"-*.tar; fi
    place=$(mktemp -d "$roots/making.XXXXXX")
    chmod 755 -- "$place"
    {
      "_make_$name" "$place"
      tar -C "$place" --numeric-owner -cf "$packed.new" .
    } >&2
    rm -rf --one-file-system -- "$place"
    mv -- "$packed.new" "$packed"
  fi
  printf '%s\n' "$packed"
}

# What a packed root was made from: another lock or list of packages means another root.
_stamp() {
  case $1 in
    base) printf '%s' "$release" ;;
    build) { printf '%s' "$BUILD_PACKAGES" && cat -- "$root/requirements.lock"; } | sha256sum | cut -c1-16 ;;
    check) printf '%s' "$CHECK_PACKAGES" | sha256sum | cut -c1-16 ;;
  esac
}

# unpack_root NAME PLACE
unpack_root() {
  local packed
  packed=$(packed_root "$1")
  mkdir -p -- "$2"
  tar -C "$2" --numeric-owner -xf "$packed"
  _connect "$2"
}

_make_base() {
  local from=(--variant=minbase --include=ca-certificates) parts=main scripts=/usr/share/debootstrap security=-security
  local mirror=${QUAY_DEBIAN_MIRROR:-} # none: the distribution's own, which debootstrap knows
  if [[ $release == "$UBUNTU" ]]; then
    from+=("--components=main,universe" --keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg)
    parts="main universe" security='' mirror='' scripts=$1.scripts
    # Every Ubuntu is made by one script; an older debootstrap does not know it under this release's name.
    cp -a -- /usr/share/debootstrap "$scripts"
    ln -sf gutsy "$scripts/scripts/$release"
  fi
  DEBOOTSTRAP_DIR=$scripts debootstrap "${from[@]}" "$release" "$1" ${mirror:+"$mirror"}
  rm -rf -- "$1.scripts"
  mirror=$(sed -n 's/^deb \([^ ]*\) .*/\1/p' "$1/etc/apt/sources.list" | head -n 1)
  printf 'deb %s %s-updates %s\ndeb %s%s %s-security %s\n' \
    "$mirror" "$release" "$parts" "$mirror" "$security" "$release" "$parts" >>"$1/etc/apt/sources.list"
  _connect "$1"
  inside "$1" sh -ec 'apt-get -q update; apt-get -qy upgrade; apt-get clean'
}

# The whole lock, with hashes: PyInstaller takes from it only what the program imports (quay.spec says what never).
_make_build() {
  release=$DEBIAN unpack_root base "$1"
  # shellcheck disable=SC2086
  inside "$1" apt-get -qy install --no-install-recommends $BUILD_PACKAGES
  _connect "$1"
  cp -- "$root/requirements.lock" "$1/srv/requirements.lock"
  inside "$1" sh -ec 'python3 -m venv /build-venv
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt /build-venv/bin/pip --no-input --disable-pip-version-check \
      install --progress-bar off --no-cache-dir --require-hashes -r /srv/requirements.lock
    apt-get clean'
}

_make_check() {
  release=$DEBIAN unpack_root base "$1"
  # shellcheck disable=SC2086
  inside "$1" apt-get -qy install --no-install-recommends $CHECK_PACKAGES
  inside "$1" apt-get clean
}
