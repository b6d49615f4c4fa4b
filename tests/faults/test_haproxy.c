/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that two servers behind HAProxy, by the configuration that is shipped, are one service that does
 * not end with either of them: one is killed under load, and all its clients go on with the other, every
 * acknowledged step is there once, none twice; so does who types commands. And that the servers know who
 * connects: by the proxy's word, only from a proxy, and an administrator still only from this machine.
 */
#include "tests/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/crowd.h"
#include "tests/faults/front.h"
#include "tests/live/cluster.h"
#include "tests/server/scratch.h"

#define WORKERS 8
#define STEPS 150
#define CLI_ARGUMENTS_MAX 16

static struct live_cluster cluster;
static struct live_told told;
static struct live_server here;
static struct live_server there;
static struct live_server service; /* both, through HAProxy */
static struct front front;
static struct crowd crowd;
static int guanjia_fd = -1;
static char home_set[LIVE_PATH_MAX + 16];
static char place[SCRATCH_PATH_MAX];

/* The second one shows the certificate of the first: clients see one name. */
static void prepare(void)
{
	char certificate[LIVE_PATH_MAX + 48];
	char key[LIVE_PATH_MAX + 48];
	const char *here_sets[] = {cluster.app_set, cluster.owner_set, told.set,
		"proxy_from=10.0.0.1, 127.0.0.1", "log_level=debug", NULL};
	const char *there_sets[] = {cluster.app_set, cluster.owner_set, told.set,
		"proxy_from=10.0.0.1, 127.0.0.1", "log_level=debug", certificate, key, NULL};

	live_told_begin(&told);
	live_cluster_init(&cluster, false); /* what is killed here is a process, not the machine */
	live_server_init(&here, here_sets);
	(void)snprintf(certificate, sizeof certificate, "tls_certificate=%s/tls/server.crt", here.dir);
	(void)snprintf(key, sizeof key, "tls_key=%s/tls/server.key", here.dir);
	live_server_init(&there, there_sets);
	live_server_share_key(&there, &here);
	if (!live_server_start(&here) || !live_server_start(&there)) {
		abort();
	}
	front_begin(&front, &here, &there);
	service = front_view(&here, front.port);
	(void)snprintf(service.super, sizeof service.super, "%s", cluster.super);
	scratch_dir(place);
	(void)snprintf(home_set, sizeof home_set, "GUANJIA_HOME=%s/home", place);
}

/* ---- who connects ---------------------------------------------------------------------------- */

static void test_nobody_comes_past_the_proxy(void)
{
	struct live_client client;

	/* From the proxy's address, and not a word about whose connection it is: it might be anybody's. */
	CHECK(live_client_open(&client, &here) != ERR_OK);
	CHECK(live_server_log_await(&here, "why=proxy_header", 1));
	live_client_close(&client);
}

static void test_administrator_is_on_this_machine_only(void)
{
	struct live_server far = front_view(&service, front.far_port);
	struct live_client client;

	CHECK_INT_EQ(live_client_open(&client, &service), ERR_OK);
	CHECK_INT_EQ(live_client_login(&client, LIVE_ADMIN), ERR_OK);
	live_client_close(&client);
	CHECK_INT_EQ(live_client_open(&client, &far), ERR_OK);
	CHECK_INT_EQ(live_client_login(&client, LIVE_ADMIN), ERR_DENIED);
	live_client_close(&client);
	CHECK(live_server_log_count(&here, "peer=" FRONT_FAR_ADDRESS) +
			  live_server_log_count(&there, "peer=" FRONT_FAR_ADDRESS) ==
		  1);
}

/* ---- one server dies ------------------------------------------------------------------------- */

/* Runs guanjia with these words; its exit code. */
static int run_guanjia(const char *const *words)
{
	char *argv[CLI_ARGUMENTS_MAX + 2] = {(char *)(uintptr_t) "guanjia"};
	char *environment[] = {home_set, (char *)(uintptr_t) "LC_ALL=C.UTF-8",
		(char *)(uintptr_t) "PATH=/usr/bin:/bin", NULL};
	int status = 0;
	pid_t child;

	for (size_t i = 0; words[i] != NULL; i++) {
		assert(i < CLI_ARGUMENTS_MAX);
		argv[i + 1] = (char *)(uintptr_t)words[i];
	}
	(void)fflush(stdout);
	child = fork();
	assert(child >= 0);
	if (child == 0) {
		int null_fd = open("/dev/null", O_RDWR);

		if (dup2(null_fd, 0) == 0 && dup2(null_fd, 1) == 1) {
			(void)fexecve(guanjia_fd, argv, environment);
		}
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child) {
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void log_in_by_command(void)
{
	char address[32];
	char password[SCRATCH_PATH_MAX + 16];

	(void)snprintf(address, sizeof address, "127.0.0.1:%u", front.port);
	(void)snprintf(password, sizeof password, "%s/password", place);
	scratch_write(password, LIVE_PASSWORD "\n");
	CHECK_INT_EQ(run_guanjia((const char *const[]){"profile", "add", "walker", "--server", address,
					 "--ca", here.ca_path, "--login", "walker0", NULL}),
		0);
	CHECK_INT_EQ(run_guanjia((const char *const[]){
					 "--profile", "walker", "login", "--password-file", password, NULL}),
		0);
}

static void test_clients_of_a_killed_server_go_on_with_the_other(void)
{
	static const char *const whoami[] = {"--profile", "walker", "whoami", NULL};
	size_t came_before;

	crowd_begin(&crowd, &service, &told, WORKERS);
	CHECK(crowd_await(&crowd, STEPS));
	log_in_by_command();
	CHECK_INT_EQ(run_guanjia(whoami), 0);
	came_before = live_server_log_count(&there, " conn.proxied ");
	CHECK(live_server_log_count(&here, " conn.proxied ") >= WORKERS / 2); /* each had its share */
	CHECK(came_before >= WORKERS / 2);
	live_server_kill(&here);
	CHECK(crowd_await(&crowd, STEPS));
	CHECK(live_server_log_count(&there, " conn.proxied ") > came_before);
	CHECK_INT_EQ(run_guanjia(whoami), 0); /* the same session */
	crowd_end(&crowd);
	printf("# acknowledged %zu, violations %zu; %zu calls lost, %zu answers repeated\n",
		crowd.acknowledged, crowd.violations, crowd.lost, crowd_repeated(&crowd));
	CHECK_INT_EQ(crowd.violations, 0);
	crowd_fini(&crowd);
}

static void test_the_other_ends_well(void)
{
	CHECK_INT_EQ(live_server_stop(&there), 0);
	CHECK(live_server_is_sound(&here));
	CHECK(live_server_is_sound(&there));
	front_end(&front);
	live_server_fini(&here);
	live_server_fini(&there);
	live_cluster_fini(&cluster);
}

static const struct test tests[] = {
	{"nobody_comes_past_the_proxy", test_nobody_comes_past_the_proxy},
	{"administrator_is_on_this_machine_only", test_administrator_is_on_this_machine_only},
	{"clients_of_a_killed_server_go_on_with_the_other",
		test_clients_of_a_killed_server_go_on_with_the_other},
	{"the_other_ends_well", test_the_other_ends_well},
};

int main(void)
{
	if (!front_prepare()) {
		printf("1..0 # SKIP HAProxy is not installed\n");
		return 0;
	}
	guanjia_fd = open(GUANJIA, O_RDONLY | O_CLOEXEC);
	assert(guanjia_fd >= 0);
	live_begin();
	prepare();
	return check_main(tests, COUNT(tests));
}
