#!/bin/sh
# Cài Phiếu từ gói này, không cần mạng:  sh install.sh [THƯ-MỤC]
# Chọn Python khác:  PYTHON=/đường/dẫn/python3 sh install.sh [THƯ-MỤC]
set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd)
target=${1:-phieu}
# version, python, system, machine, glibc: what the wheels are for.
. "$here/bundle.txt"

refuse() {
    printf '%s\n' "$@" >&2
    exit 1
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2] * (sys.implementation.name == "cpython"))' 2>/dev/null
}

if [ "$(uname -s)" != "$system" ] || [ "$(uname -m)" != "$machine" ]; then
    refuse "Gói này dành cho $system $machine; máy này là $(uname -s) $(uname -m)." \
        "Lấy gói dành cho máy này."
fi

chosen=
seen=
for candidate in "${PYTHON:-python$python}" "${PYTHON:-python3}" "${PYTHON:-python}"; do
    found=$(version_of "$candidate") || continue
    if [ "$found" = "$python" ]; then
        chosen=$candidate
        break
    fi
    seen="$found"
done
if [ -z "$chosen" ]; then
    if [ -n "$seen" ]; then seen="chỉ thấy Python $seen"; else seen="không thấy Python nào"; fi
    refuse "Gói này dành cho Python $python; máy này $seen." \
        "Cài Python $python (Debian, Ubuntu: python$python; RHEL: python$python), hoặc lấy gói dành cho Python của máy này," \
        "hoặc chỉ rõ Python: PYTHON=/đường/dẫn/python$python sh install.sh"
fi

if [ -n "$glibc" ]; then
    libc=$("$chosen" -c 'import platform; print(platform.libc_ver()[1] or "0")')
    "$chosen" -c 'import sys; need, have = (tuple(map(int, each.split("."))) for each in sys.argv[1:]); sys.exit(have < need)' \
        "$glibc" "$libc" ||
        refuse "Gói này cần glibc $glibc trở lên (Debian 10, Ubuntu 20.04, RHEL 8 hoặc mới hơn); máy này có $libc."
fi

if [ -e "$target" ] && [ ! -e "$target/pyvenv.cfg" ] && [ -n "$(ls -A "$target")" ]; then
    refuse "$target đã có thứ khác trong đó. Chọn thư mục mới: sh install.sh THƯ-MỤC"
fi

echo "Cài Phiếu $version vào $target …"
"$chosen" -I -m venv --without-pip "$target"
target=$(cd "$target" && pwd)
# Only what came along, and only as it was when it was packed; settings of pip do not count here.
set -- "$here"/pip-*.whl
"$target/bin/python" -I "$1/pip" --isolated --disable-pip-version-check install --quiet \
    --no-cache-dir --no-index --find-links "$here/wheels" --require-hashes --requirement "$here/requirements.txt" ||
    refuse "Chưa cài xong. Gói chép thiếu hoặc hỏng thì chép lại; hết chỗ trên đĩa thì dọn chỗ, rồi chạy lại lệnh này."
"$target/bin/phieu" --help >/dev/null

cat <<HET
Đã cài xong.
  Xem thử:   $target/bin/phieu demo
  Mọi lệnh:  $target/bin/phieu --help
  Chạy thật: $here/docs/huong-dan.md, mục 2
HET
