# SPDX-License-Identifier: Apache-2.0
# What the packages are put through, in this order; sourced by install.sh, whose functions these are made of.
# shellcheck shell=bash disable=SC2154

test_build() {
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) # somebody may commit meanwhile
	export SOURCE_DATE_EPOCH
	says "the packages are built" built new 1
	says "... and the same files give the same packages" built again 1
	equals "... byte by byte" "$(cd "$folder/again" && sha256sum ./*.deb)" "$(cd "$folder/new" && sha256sum ./*.deb)"
	says "lintian finds nothing wrong" lintian --fail-on error,warning --allow-root \
		"$folder/new/"guanjia{,-server,-doc}_*.deb
	says "the packages before these are built" built_before old
}

# installs NAME: with what they depend on.
installs() {
	local paths
	paths=$(packages_in "$1")
	# shellcheck disable=SC2086 # three paths
	machine_install apt-get -q install --yes --no-install-recommends $paths
}

# In a copy of the clean system, which is thrown away: the other one begins with the packages before these.
test_installation() {
	says "a clean system knows what there is" machine_install apt-get -q update
	cp -a "$root" "$folder/clean"
	local root=$folder/clean
	says "the packages are installed with what they depend on" installs new
	equals "PostgreSQL is there" "$(machine_install dpkg-query -W -f '${db:Status-Status}' postgresql-15)" installed
	equals "... and has no cluster of its own" "$(machine_install pg_lsclusters --no-header)" ""
	equals "no file differs from its package's" \
		"$(machine_install dpkg --verify guanjia-server guanjia guanjia-doc postgresql-15)" ""
	equals "the account cannot log in" "$(machine_install getent passwd guanjia | cut -d : -f 6,7)" \
		"$data:/usr/sbin/nologin"
	equals "the data directory is its own" "$(machine_install stat -c '%U %G %a' $data)" "guanjia guanjia 700"
	equals "its settings are those in /etc" "$(machine_install readlink $data/guanjia.conf)" /etc/guanjia/guanjiad.conf
	says "the manual is there" machine_install test -e /usr/share/man/man8/guanjiad.8.gz
	says "what the unit names to read is there" machine_install test -e /usr/share/doc/guanjia/operations.md
	says "what scaling.md points to is there" machine_install test -e /usr/share/doc/guanjia/examples/haproxy.cfg
	equals "the client speaks Chinese" "$(machine_install env LC_ALL=C.UTF-8 LANGUAGE=zh_CN guanjia --help | grep -c 用法)" 1
	says "the first administrator is made" machine_install sh -c 'echo the-first-password | guanjiad init --admin admin'
	equals "... the server's keys with it, for its account alone" \
		"$(machine_install stat -c '%U %a %n' $data/keys/server.key)" "guanjia 400 $data/keys/server.key"
	rm -rf --one-file-system "$root"
}

test_first_start() {
	service start || true
	equals "nothing is served before there is an administrator" "$(is_active)" no
	install -d -m 700 "$root/root/guanjia"
	echo the-first-password >"$root/root/guanjia/admin.password"
	says "the first administrator is made" inside sh -c \
		'guanjiad init --admin admin </root/guanjia/admin.password'
	says "the service starts" service start
	equals "... and is active" "$(is_active)" yes
	says "people, places and complaints are put in" inside /mnt/tests/packaging/load.sh
	equals "... five complaints" "$(cli service --json complaint list | grep -o '"number"' | wc -l)" 5
	says "the client finds everything well" cli admin doctor
	says "the service is restarted" service restart
	says "... and answers" wait_for cli service complaint list
}

# status FIELD PID: of a process in the machine.
status_field() {
	inside sed -n "s/^$1:[[:space:]]*//p" "/proc/$2/status"
}

# What systemd adds: the sandbox, the journal, reload, restart, credentials.
test_unit() {
	local server postgres line
	server=$(main_pid)
	postgres=$(inside head -n 1 $data/pg/postmaster.pid)
	for pid in "$server" "$postgres"; do
		line="$(inside cat "/proc/$pid/comm"):"
		equals "$line system calls are filtered" "$(status_field Seccomp "$pid")" 2
		equals "$line no new privileges" "$(status_field NoNewPrivs "$pid")" 1
		equals "$line no capability" "$(status_field CapBnd "$pid") $(status_field CapEff "$pid")" \
			"0000000000000000 0000000000000000"
		equals "$line a user namespace of its own" "$(inside awk '{ print $3 }' "/proc/$pid/uid_map" | sort -u | paste -sd ,)" 1
	done
	equals "the unit's score, as that systemd reads it" \
		"$(inside systemd-analyze security --threshold=15 $unit >/dev/null && echo low)" low
	line=$(inside journalctl --unit=$unit --output=json | grep server.ready | tail -n 1)
	holds "the journal has what it logs, with its priority" "$line" '"PRIORITY":"6"'
	holds "... and without the mark of it" "$line" '"MESSAGE":"20'
	equals "nothing it logged is a fault, but that this machine is busy" \
		"$(inside journalctl --unit=$unit --priority=err --output=cat | grep -v 'statement timeout')" ""
	says "it reads its settings anew" service reload
	says "... and says so" wait_for inside sh -c \
		"journalctl --unit=$unit --output=cat | grep 'server.reload need_restart=0'"
	inside sh -c "kill -KILL $server"
	says "killed, it comes back" wait_for another_server "$server"
	says "... with its data" wait_for cli service complaint list
	test_credential
}

another_server() {
	[ "$(main_pid)" != "$1" ] && [ "$(is_active)" = yes ] && cli admin status
}

# The key elsewhere: only root can read it there, and systemd hands it out.
test_credential() {
	local before
	before=$(everything)
	inside sh -c "install -m 0400 $data/keys/server.key /etc/guanjia/server.key && rm $data/keys/server.key"
	mkdir -p "$root/etc/systemd/system/$unit.d"
	printf '%s\n' '[Service]' 'LoadCredential=server.key:/etc/guanjia/server.key' 'ExecStart=' \
		"ExecStart=/usr/sbin/guanjiad --data $data --set server_key=%d/server.key" \
		>"$root/etc/systemd/system/$unit.d/key.conf"
	inside systemctl daemon-reload
	says "it starts with its key as a credential" service restart
	says "... and answers" wait_for cli service complaint list
	equals "... what it did before" "$(everything)" "$before"
	equals "... and has made no other" "$(inside ls $data/keys | grep -c server.key)" "0"
	inside mv /etc/guanjia/server.key $data/keys/
	inside chown guanjia:guanjia $data/keys/server.key
	rm -r "${root:?}/etc/systemd/system/$unit.d"
	inside systemctl daemon-reload
	says "it starts with its key in its place again" service restart
}

test_upgrade() {
	local server paths
	wait_for cli service complaint list
	everything >"$folder/before.json"
	server=$(main_pid)
	echo 'log_level = debug' >>"$root/etc/guanjia/guanjiad.conf"
	paths=$(packages_in new)
	# Where people and the package have both changed the settings dpkg asks, and nobody is here to keep theirs.
	# shellcheck disable=SC2086 # three paths
	says "the packages are upgraded" inside apt-get -q install --yes -o Dpkg::Options::=--force-confold $paths
	holds "... to the later ones" "$(inside dpkg-query -W -f '${Version}' guanjia-server)" "+1"
	if $has_systemd; then
		says "... which restarts the server" wait_for another_server "$server"
	else
		says "... and the server is restarted" service restart
	fi
	says "... which answers" wait_for cli service complaint list
	if [ -n "$newest" ]; then
		holds "... by a database of today" "$(service_log)" "migrate.applied name=$newest"
	fi
	everything >"$folder/after.json"
	says "nothing is lost" tests/packaging/kept.py "$folder/before.json" "$folder/after.json"
	equals "no file differs from its package's but what people have set" \
		"$(inside dpkg --verify guanjia-server guanjia guanjia-doc | grep -v ' c /etc/guanjia/guanjiad.conf$')" ""
	equals "what people have set stays" "$(tail -n 1 "$root/etc/guanjia/guanjiad.conf")" 'log_level = debug'
	equals "Debian's cluster was not made now either" "$(inside pg_lsclusters --no-header)" ""
	if $has_systemd; then
		server=$(main_pid)
		says "PostgreSQL's own upgrade" inside sh -c \
			'dpkg-trigger --by-package=postgresql-15 /usr/lib/postgresql/15/bin && dpkg --triggers-only guanjia-server'
		says "... restarts it" wait_for another_server "$server"
	fi
}

test_removal() {
	local before
	before=$(everything)
	$has_systemd || service stop
	says "the packages are removed" inside apt-get -q remove --yes guanjia-server guanjia guanjia-doc
	equals "no process is left" "$(inside sh -c 'cat /proc/[0-9]*/comm | grep -xE "guanjiad|postgres"')" ""
	says "the data is there" inside test -d $data/pg/base
	says "they are purged" inside apt-get -q purge --yes guanjia-server guanjia guanjia-doc
	holds "... and where the data stays is said" "$out" "data and keys stay in $data"
	says "the data is there still" inside test -d $data/pg/base
	says "... and its keys" inside test -e $data/keys/server.key
	equals "nothing else is" "$(traces)" "$data"
	# shellcheck disable=SC2046 # three paths
	says "they are installed again, over the data" inside apt-get -q install --yes $(packages_in new)
	$has_systemd || service start
	says "... and it starts by itself" wait_for cli service complaint list
	equals "... with everything" "$(everything)" "$before"
}
