#!/bin/sh
# install.sh [--prefix DIR]    cài hoặc nâng cấp / install, or upgrade
# install.sh --remove          gỡ; dữ liệu của quầy giữ nguyên / remove; the till's data stays
#
# PREFIX/versions/VERSION/   the program as it was unpacked; the version before this one is kept
# PREFIX/current             a link to the one that is used; flipped by a rename, so that a start meets one or the other
#
# PREFIX: ~/.local/share/quay-voucher-program, for root /opt/quay-voucher. The shop's data never lies in it.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
id=vn.quayvoucher.till

if [ "$(id -u)" = 0 ]; then
    prefix=/opt/quay-voucher bin=/usr/local/bin share=/usr/local/share
else
    prefix=$HOME/.local/share/quay-voucher-program bin=$HOME/.local/bin share=$HOME/.local/share
fi

tell() { printf '%s\n%s\n' "$1" "$2"; }

fail() {
    tell "$1" "$2" >&2
    exit 2
}

usage() {
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
}

remove=no
while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        [ $# -ge 2 ] || usage
        prefix=$2
        shift
        ;;
    --remove) remove=yes ;;
    *) usage ;;
    esac
    shift
done
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac

# NAME TARGET: a link that is there at every moment, the old one or the new one.
link() {
    ln -sfn -- "$2" "$1.new"
    mv -fT -- "$1.new" "$1"
}

missing_libraries() {
    have=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null) || return 0
    while read -r object package; do
        case $have in
        *"	$object "*) ;;
        *) echo "$package" | cut -d' ' -f1 ;;
        esac
    done <"$here/share/system-libraries" | sort -u
}

menu() {
    mkdir -p -- "$bin" "$share/applications"
    link "$bin/quay" "$prefix/current/quay"
    # The menu's program is named in full: ~/.local/bin is not on every desktop's path.
    sed "s|^Exec=quay|Exec=\"$prefix/current/quay\"|; s|^TryExec=quay|TryExec=$prefix/current/quay|" \
        "$here/share/applications/$id.desktop" >"$share/applications/$id.desktop.new"
    mv -f -- "$share/applications/$id.desktop.new" "$share/applications/$id.desktop"
    for icon in "$here"/share/icons/hicolor/*/apps/quay-voucher.*; do
        size=${icon%/apps/*}
        mkdir -p -- "$share/icons/hicolor/${size##*/}/apps"
        cp -f -- "$icon" "$share/icons/hicolor/${size##*/}/apps/"
    done
    mkdir -p -- "$share/man/man1"
    cp -f -- "$here/share/man/man1/quay.1.gz" "$share/man/man1/"
    if [ "$(id -u)" = 0 ] && [ -d /etc/udev/rules.d ]; then
        cp -f -- "$here/share/udev/70-quay-voucher.rules" /etc/udev/rules.d/
        udevadm control --reload 2>/dev/null || true
    fi
}

# FOLDER…: a till that runs from there loads parts of itself later, and would fail at the counter.
must_be_closed() {
    for folder in "$@"; do
        open=$("$here/open-tills" "$folder")
        [ -z "$open" ] || fail "Quầy Voucher đang mở: $open. Chưa thay, chưa gỡ gì cả. Đóng quầy rồi làm lại." \
            "Quầy Voucher is open: $open. Nothing was replaced or removed. Close the till, then do it again."
    done
}

# Everything but the used version and the one before it; what a till still runs from goes with the next installation.
forget_old() { # USED BEFORE
    for old in "$prefix"/versions/*; do
        [ "${old##*/}" = "$1" ] || [ "${old##*/}" = "$2" ] || [ -n "$("$here/open-tills" "$old")" ] || rm -rf -- "$old"
    done
}

install_it() {
    version=$(cat -- "$here/share/version")
    place=$prefix/versions/$version
    mkdir -p -- "$prefix/versions"
    before=$(basename -- "$(readlink -- "$prefix/current" 2>/dev/null || echo none)")
    before=${before%.again}
    if [ "$here" != "$(readlink -f -- "$place" 2>/dev/null || echo "$place")" ]; then
        must_be_closed "$place" "$place.again"
        # Whole or not at all: copied under another name, flushed, then renamed.
        rm -rf -- "$place.new"
        cp -R -P -p -- "$here" "$place.new"
        sync -f "$place.new" 2>/dev/null || sync
        # The same version once more: meanwhile the link shows a second copy, so that it never shows nothing. It may
        # do so already: an installation before was cut off.
        if [ -e "$place" ] && [ "$(readlink -- "$prefix/current")" != "versions/$version.again" ]; then
            rm -rf -- "$place.again"
            cp -R -P -p -- "$place.new" "$place.again"
            sync -f "$place.again" 2>/dev/null || sync
            link "$prefix/current" "versions/$version.again"
        fi
        rm -rf -- "$place"
        mv -T -- "$place.new" "$place"
    fi
    link "$prefix/current" "versions/$version"
    menu
    if [ "$before" = "$version" ]; then before=$(cat -- "$prefix/before" 2>/dev/null || echo none); fi
    printf '%s\n' "$before" >"$prefix/before"
    forget_old "$version" "$before"
    tell "Đã cài Quầy Voucher $version vào $prefix. Mở bằng trình đơn hoặc: $bin/quay run" \
        "Quầy Voucher $version is installed in $prefix. Open it from the menu or with: $bin/quay run"
    if [ -d "$prefix/versions/$before" ] && [ "$before" != none ]; then
        tell "Quay lại bản trước: $prefix/versions/$before/install.sh --prefix '$prefix'" \
            "To go back to the version before: $prefix/versions/$before/install.sh --prefix '$prefix'"
    fi
    missing=$(missing_libraries | tr '\n' ' ')
    if [ -n "$missing" ]; then
        tell "Cửa sổ cần thêm thư viện của hệ thống: sudo apt-get install $missing" \
            "The window needs libraries of the system: sudo apt-get install $missing"
    fi
}

remove_it() {
    [ -d "$prefix/versions" ] || fail "Không có chương trình ở $prefix." "There is no program in $prefix."
    must_be_closed "$prefix"
    "$here/tell-unsettled" "$prefix/current/quay"
    if [ "$(readlink -- "$bin/quay" 2>/dev/null)" = "$prefix/current/quay" ]; then rm -f -- "$bin/quay"; fi
    rm -f -- "$share/applications/$id.desktop" "$share/man/man1/quay.1.gz" \
        "$share"/icons/hicolor/*/apps/quay-voucher.png "$share"/icons/hicolor/*/apps/quay-voucher.svg
    if [ "$(id -u)" = 0 ]; then rm -f -- /etc/udev/rules.d/70-quay-voucher.rules; fi
    # By their names: a prefix that somebody chose may hold other things.
    rm -rf -- "$prefix/versions" "$prefix/current" "$prefix/before"
    rmdir -- "$prefix" 2>/dev/null || true
    tell "Đã gỡ Quầy Voucher khỏi $prefix." "Quầy Voucher is removed from $prefix."
}

if [ "$remove" = yes ]; then remove_it; else install_it; fi
