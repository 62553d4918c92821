#!/bin/sh
# What the browser tests need beside Python: Chromium and a Chinese font. Installs only what is missing and
# only where that is allowed (apt-get, as root or with sudo that asks nothing); otherwise says what to install.
set -u

missing=""
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 \
  && ! command -v google-chrome >/dev/null 2>&1; then
  missing="chromium"
fi
if ! command -v fc-list >/dev/null 2>&1 || ! fc-list ':lang=zh-cn' 2>/dev/null | grep -q .; then
  missing="$missing fontconfig fonts-noto-cjk"
fi
missing=$(echo "$missing" | sed 's/^ *//')
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  as_root="sudo -n"
  sudo -n true 2>/dev/null || as_root="none"
fi
if [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1; then
  echo "安装系统包：$missing"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  if { $as_root apt-get install -y -qq --no-install-recommends $missing \
    || { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing; }; } \
    >/dev/null 2>&1; then
    exit 0
  fi
fi
echo "浏览器测试还缺这些系统包，请自行安装：$missing" >&2
exit 0
