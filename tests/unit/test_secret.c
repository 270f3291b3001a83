// SPDX-License-Identifier: GPL-2.0
/* Secrets from files, and as they are typed on a terminal, which is a pty. */
#include "unit.h"

#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "lib/secret.h"

#define WAIT	20	/* s, for what comes at once; a stuck test fails */

/* From files */

static int secret(const void *bytes, size_t n, char *buf, const char **why)
{
	FILE *file = tmpfile();
	int err;

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	rewind(file);
	err = secret_read(file, buf, why);
	fclose(file);
	return err;
}

static void test_file(void **state)
{
	char buf[SECRET_SIZE], want[SECRET_SIZE + 1];
	const char *why = NULL;

	(void)state;
	assert_int_equal(secret("abc\n", 4, buf, &why), 0);
	assert_string_equal(buf, "abc");
	assert_int_equal(secret("a b\tc ", 6, buf, &why), 0);
	assert_string_equal(buf, "a b\tc ");
	assert_int_equal(secret("one\ntwo", 7, buf, &why), 0);
	assert_string_equal(buf, "one");
	/* nothing of the rest is left in memory */
	assert_int_equal(buf[4], 0);
	assert_int_not_equal(secret("", 0, buf, &why), 0);
	assert_int_not_equal(secret("\n", 1, buf, &why), 0);
	assert_int_not_equal(secret("a\0b", 3, buf, &why), 0);
	assert_int_equal(buf[0], 0);
	memset(want, 's', sizeof(want));
	assert_int_not_equal(secret(want, 256, buf, &why), 0);
	assert_int_equal(buf[0], 0);
	assert_int_equal(secret(want, 255, buf, &why), 0);
	assert_int_equal(strlen(buf), 255);
	assert_int_equal(secret_load("/nonexistent", buf, &why), -EINVAL);
	assert_string_equal(why, "No such file or directory");
}

/* On a terminal */

static int master = -1, slave = -1, report = -1;
static pid_t leader;
static bool ignores;		/* SIGINT */
static char shown[4096];	/* what stands on the terminal */

/* Both sides of a pty have the settings of one terminal. */
static bool echoes(int side)
{
	struct termios termios;

	assert_int_equal(tcgetattr(side, &termios), 0);
	return termios.c_lflag & ECHO;
}

/* What a user runs: the secret, or the reason, goes to the pipe. */
static void __attribute__((noreturn)) ask(int out)
{
	char buf[SECRET_SIZE];
	const char *why = "";
	int err;

	/* a test that runs in the background has some ignored */
	signal(SIGINT, ignores ? SIG_IGN : SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(STDIN_FILENO, getpid());
	signal(SIGTTOU, SIG_DFL);
	err = secret_load("-", buf, &why);
	dprintf(out, "%s\n", err ? why : buf);
	_exit(!!err);
}

/* A shell that goes on with what was stopped: it is no orphan then. */
static void __attribute__((noreturn)) lead(int out)
{
	pid_t pid;
	int status;

	/* so that it hangs up when the test closes it */
	close(master);
	login_tty(slave);
	pid = fork();
	if (!pid)
		ask(out);
	while (waitpid(pid, &status, WUNTRACED) == pid) {
		if (!WIFSTOPPED(status))
			break;
		dprintf(out, "stopped, echo %s\n",
			echoes(STDIN_FILENO) ? "on" : "off");
		kill(pid, SIGCONT);
	}
	if (WIFSIGNALED(status))
		dprintf(out, "signal %d\n", WTERMSIG(status));
	_exit(0);
}

static void start(void)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	shown[0] = '\0';
	alarm(WAIT);
	leader = fork();
	if (!leader)
		lead(ends[1]);
	close(ends[1]);
	/* it ends for the reader when nobody is left */
	close(slave);
	report = ends[0];
}

/* Reads until @text stands on the terminal @n times. */
static void await(const char *text, int n)
{
	size_t len = strlen(shown);
	const char *p;
	ssize_t got;
	int seen;

	for (;;) {
		for (seen = 0, p = shown; (p = strstr(p, text)) != NULL; p++)
			seen++;
		if (seen >= n)
			return;
		got = read(master, shown + len, sizeof(shown) - len - 1);
		assert_true(got > 0);
		len += got;
		shown[len] = '\0';
	}
}

static void type(const char *text)
{
	assert_int_equal(write(master, text, strlen(text)), strlen(text));
}

/* The next line of the report */
static void assert_report(const char *want)
{
	char line[512];
	size_t n = 0;

	while (read(report, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	assert_string_equal(line, want);
}

static int done(void **state)
{
	int status;

	(void)state;
	ignores = false;
	/* it hangs up, if a test has failed half way */
	close(master);
	waitpid(leader, &status, 0);
	alarm(0);
	close(report);
	return 0;
}

static void test_typed(void **state)
{
	(void)state;
	start();
	await("Secret: ", 1);
	assert_false(echoes(master));
	type("hush-hush\n");
	await("Secret, again: ", 1);
	assert_false(echoes(master));
	type("hush-hush\n");
	assert_report("hush-hush");
	assert_true(echoes(master));
	await("\n", 2);
	assert_null(strstr(shown, "hush"));
}

static void test_refused(void **state)
{
	char text[SECRET_SIZE + 2];

	/* another one the second time */
	start();
	await("Secret: ", 1);
	type("hush-hush\n");
	await("again: ", 1);
	type("hush-husj\n");
	assert_report("the two secrets are not the same");
	assert_true(echoes(master));
	done(state);

	start();
	await("Secret: ", 1);
	type("\004");
	assert_report("the secret is empty");
	assert_true(echoes(master));
	done(state);

	/* what is too long is taken whole: nothing is left for a shell */
	memset(text, 's', sizeof(text));
	strcpy(text + SECRET_SIZE, "\n");
	start();
	await("Secret: ", 1);
	type(text);
	assert_report("the secret is longer than 255 bytes");
	assert_true(echoes(master));
	assert_null(strstr(shown, "ss"));
}

/* The terminal is as it was before, whatever ends it. */
static void test_signals(void **state)
{
	char want[32];

	start();
	await("Secret: ", 1);
	type("hush\003");
	snprintf(want, sizeof(want), "signal %d", SIGINT);
	assert_report(want);
	assert_true(echoes(master));
	done(state);

	start();
	await("Secret: ", 1);
	type("hush\n");
	await("again: ", 1);
	type("\034");
	snprintf(want, sizeof(want), "signal %d", SIGQUIT);
	assert_report(want);
	assert_true(echoes(master));
	assert_null(strstr(shown, "hush"));
}

/* A signal that is ignored does nothing but what the terminal does with it. */
static void test_ignored(void **state)
{
	(void)state;
	ignores = true;
	start();
	await("Secret: ", 1);
	type("hu\003sh\n");
	await("again: ", 1);
	type("sh\n");
	assert_report("sh");
	assert_true(echoes(master));
}

/* Stopped and continued, it is asked again, and nothing shows. */
static void test_stop(void **state)
{
	(void)state;
	start();
	await("Secret: ", 1);
	type("hu\032");
	assert_report("stopped, echo on");
	await("Secret: ", 2);
	assert_false(echoes(master));
	type("sh\n");
	await("again: ", 1);
	type("sh\n");
	assert_report("sh");
	assert_true(echoes(master));
	assert_null(strstr(shown, "hu"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test_teardown(test_typed, done),
		cmocka_unit_test_teardown(test_refused, done),
		cmocka_unit_test_teardown(test_signals, done),
		cmocka_unit_test_teardown(test_ignored, done),
		cmocka_unit_test_teardown(test_stop, done),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
