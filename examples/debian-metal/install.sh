#!/bin/sh
# What metal-hammer runs in the installed system (in a chroot): applies /etc/metal/install.yaml, and tells in
# /etc/metal/boot-info.yaml what to boot by kexec. Plain sh: nothing but what every Debian has.
set -eu

config=/etc/metal/install.yaml
info=/etc/metal/boot-info.yaml

# The value of a key at the top of install.yaml: a scalar, with or without quotes; nothing where it is not there.
value() {
  sed -n "s/^$1:[[:space:]]*//p" "$config" | head -n 1 | sed -e 's/[[:space:]]*$//' -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/"
}

# The items of a list at the top, in either of YAML's forms; of maps, the values of `address`.
list() {
  sed -n "/^$1:/,/^[^[:space:]#-]/p" "$config" | sed -n -e 's/^[[:space:]]*-[[:space:]]*//p' -e "s/^$1:[[:space:]]*\[\(.*\)\][[:space:]]*\$/\1/p" |
    tr ',' '\n' | sed -e 's/^[[:space:]]*//' -e 's/^address:[[:space:]]*//' -e 's/["'"'"']//g' -e '/^$/d'
}

hostname=$(value hostname)
password=$(value password)
key=$(value sshpublickey)
root=$(value root_uuid)
console=$(value console)

if [ -n "$hostname" ]; then
  printf '%s\n' "$hostname" >/etc/hostname
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost ip6-localhost ip6-loopback\n' "$hostname" >/etc/hosts
fi

# metal-hammer unpacks without owners and groups, and makes every folder 0755. What has to be another's or restricted
# gets that back here, where it is there; a program whose group is not there must not stay setgid of root's.
own() {
  owner=$1 mode=$2
  shift 2
  for path; do
    if [ ! -e "$path" ] || [ -L "$path" ]; then continue; fi
    # In this order: chown takes the setuid and setgid bits away.
    if chown "$owner" "$path"; then chmod "$mode" "$path"; else chmod ug-s "$path"; fi
  done
}
own root:shadow 0640 /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow-
own root:shadow 2755 /usr/bin/chage /usr/bin/expiry /usr/sbin/unix_chkpwd
own root:_ssh 2755 /usr/bin/ssh-agent
own root:messagebus 4754 /usr/lib/dbus-1.0/dbus-daemon-launch-helper
own root:utmp 0660 /var/log/btmp
own root:utmp 0664 /var/log/lastlog /var/log/wtmp
own root:mail 2775 /var/mail
own root:staff 2775 /var/local
own root:systemd-journal 2755 /var/log/journal
own root:root 0700 /root /etc/ssl/private /var/cache/ldconfig /var/cache/private /var/lib/private /var/log/private
own root:root 1777 /tmp /var/tmp
# What the administrator or packages have told dpkg: user, group, mode, path; ids without names begin with #.
if command -v dpkg-statoverride >/dev/null; then
  dpkg-statoverride --list | while read -r user group mode path; do own "${user#\#}:${group#\#}" "$mode" "$path"; done
fi

# The user of metal-stack's images. What is created here is owned as it has to be.
if ! id metal >/dev/null 2>&1; then
  useradd --create-home --home-dir /home/metal --shell /bin/bash metal
fi
if [ -n "$password" ]; then
  # Not by echo, which takes \n and its like in it for something else.
  printf 'metal:%s\n' "$password" | chpasswd
fi
if [ -d /etc/sudoers.d ]; then
  echo 'metal ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/metal
  chmod 0440 /etc/sudoers.d/metal
fi
if [ -n "$key" ]; then
  mkdir -p /home/metal/.ssh
  printf '%s\n' "$key" >/home/metal/.ssh/authorized_keys
  chmod 0700 /home/metal/.ssh
  chmod 0600 /home/metal/.ssh/authorized_keys
  chown -R metal:metal /home/metal/.ssh
fi

# A machine is another one than the image: its own keys, its own id.
: >/etc/machine-id
if command -v ssh-keygen >/dev/null; then
  rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
  ssh-keygen -A
fi

servers=$(list dnsservers)
if [ -n "$servers" ]; then
  rm -f /etc/resolv.conf
  for server in $servers; do echo "nameserver $server"; done >/etc/resolv.conf
fi
times=$(list ntpservers)
if [ -n "$times" ] && [ -d /etc/systemd ]; then
  mkdir -p /etc/systemd/timesyncd.conf.d
  printf '[Time]\nNTP=%s\n' "$(echo $times)" >/etc/systemd/timesyncd.conf.d/metal.conf
fi

if [ -n "$root" ]; then
  printf 'UUID=%s / ext4 defaults,errors=remount-ro 0 1\n' "$root" >/etc/fstab
fi

kernel=$(ls -1 /boot/vmlinuz-* | sort -V | tail -n 1)
initrd=/boot/initrd.img-${kernel#/boot/vmlinuz-}
test -s "$kernel"
test -s "$initrd"

# metal-stack gives the console as "ttyS1,115200n8".
arguments="console=${console:-ttyS0,115200}"
if [ -n "$root" ]; then arguments="$arguments root=UUID=$root rw"; fi
cat >"$info.new" <<EOF
initrd: $initrd
cmdline: "$arguments net.ifnames=0"
kernel: $kernel
bootloader_id: metal-debian
EOF
mv "$info.new" "$info"
