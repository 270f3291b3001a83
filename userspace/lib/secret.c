// SPDX-License-Identifier: GPL-2.0
/* Reading a CHAP secret from a file or a terminal; see secret.h. */
#include "lib/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

static int refuse(const char **why, const char *reason)
{
	*why = reason;
	return -EINVAL;
}

/* Checks the secret; @buf contains @n bytes, at most SECRET_SIZE. */
static int check(char *buf, size_t n, const char **why)
{
	char *newline = memchr(buf, '\n', n);

	if (newline)
		n = newline - buf;
	if (!n)
		return refuse(why, "the secret is empty");
	if (n == SECRET_SIZE)
		return refuse(why, "the secret is longer than 255 bytes");
	if (memchr(buf, '\0', n))
		return refuse(why, "the secret contains a NUL byte");
	/* what follows the newline may be secret, too */
	explicit_bzero(buf + n, SECRET_SIZE - n);
	return 0;
}

int secret_read(FILE *file, char *buf, const char **why)
{
	size_t n;
	int err;

	/* otherwise the secret would stay in the buffer of stdio */
	setvbuf(file, NULL, _IONBF, 0);
	n = fread(buf, 1, SECRET_SIZE, file);
	err = ferror(file) ? refuse(why, "the secret cannot be read") :
			     check(buf, n, why);
	if (err)
		explicit_bzero(buf, SECRET_SIZE);
	return err;
}

/* Terminal */

/* These end or stop the program, so the terminal is restored before. */
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

struct terminal {
	int in, out;
	struct termios saved;
	sigset_t mask;
	int signals;		/* file descriptor to read signals from */
	int caught;		/* the signal that was read, or 0 */
};

static int catch_signals(struct terminal *term)
{
	struct sigaction action;
	sigset_t set;
	size_t i;

	term->caught = 0;
	sigprocmask(SIG_SETMASK, NULL, &term->mask);
	sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* nohup(1) and background jobs ignore some of them */
		sigaction(signals[i], NULL, &action);
		if (action.sa_handler != SIG_IGN &&
		    !sigismember(&term->mask, signals[i]))
			sigaddset(&set, signals[i]);
	}
	term->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (term->signals < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, NULL);
	return 0;
}

/* The signal that was read takes effect now. */
static void release_signals(const struct terminal *term)
{
	close(term->signals);
	if (term->caught)
		raise(term->caught);
	sigprocmask(SIG_SETMASK, &term->mask, NULL);
}

/* Turns echo off, and discards what was typed before the prompt. */
static int echo_off(struct terminal *term)
{
	struct termios quiet;

	if (tcgetattr(term->in, &term->saved))
		return -errno;
	quiet = term->saved;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	return tcsetattr(term->in, TCSAFLUSH, &quiet) ? -errno : 0;
}

/*
 * Restores the terminal. After a signal, unread input may be a part of the
 * secret.
 */
static void echo_on(const struct terminal *term)
{
	tcsetattr(term->in, term->caught ? TCSAFLUSH : TCSADRAIN,
		  &term->saved);
}

static void say(const struct terminal *term, const char *text)
{
	ssize_t n = write(term->out, text, strlen(text));

	/* if the prompt cannot be written, the user can still type */
	(void)n;
}

/* Reads one byte. Returns 1, 0 at the end, or a negative errno. */
static ssize_t read_key(struct terminal *term, char *c)
{
	struct pollfd files[] = {
		{ .fd = term->signals, .events = POLLIN },
		{ .fd = term->in, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	ssize_t n;

	if (poll(files, 2, -1) < 0)
		return -errno;
	if (files[0].revents &&
	    read(term->signals, &info, sizeof(info)) == sizeof(info)) {
		term->caught = info.ssi_signo;
		return -EINTR;
	}
	n = read(term->in, c, 1);
	return n < 0 ? -errno : n;
}

/* Reads a line with its newline. Returns its length or a negative errno. */
static ssize_t read_line(struct terminal *term, char *buf)
{
	ssize_t got;
	size_t n = 0;
	char c = 0;

	/* the rest of a long line is read too: a shell would execute it */
	do {
		got = read_key(term, &c);
		if (got > 0 && n < SECRET_SIZE)
			buf[n++] = c;
	} while (got > 0 && c != '\n');
	return got < 0 ? got : (ssize_t)n;
}

static int ask(struct terminal *term, const char *prompt, char *buf,
	       const char **why)
{
	ssize_t n;

	say(term, prompt);
	n = read_line(term, buf);
	say(term, "\n");
	if (n < 0)
		return refuse(why, strerror(-n));
	return check(buf, n, why);
}

/* Asks twice, because nobody sees a mistake before a login fails. */
static int ask_twice(struct terminal *term, char *buf, const char **why)
{
	char again[SECRET_SIZE];
	int err;

	err = ask(term, "Secret: ", buf, why);
	if (err)
		return err;
	err = ask(term, "Secret, again: ", again, why);
	if (!err && strcmp(buf, again))
		err = refuse(why, "the two secrets are not the same");
	explicit_bzero(again, sizeof(again));
	return err;
}

static int ask_quietly(struct terminal *term, char *buf, const char **why)
{
	int err = echo_off(term);

	if (err)
		return refuse(why, strerror(-err));
	err = ask_twice(term, buf, why);
	echo_on(term);
	if (err)
		explicit_bzero(buf, SECRET_SIZE);
	return err;
}

static int secret_typed(char *buf, const char **why)
{
	int tty = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	struct terminal term = {
		.in = STDIN_FILENO,
		.out = tty < 0 ? STDERR_FILENO : tty,
	};
	int err;

	do {
		err = catch_signals(&term);
		if (err) {
			refuse(why, strerror(-err));
			break;
		}
		err = ask_quietly(&term, buf, why);
		release_signals(&term);
		/* after a stop, the user is asked again */
	} while (term.caught == SIGTSTP);
	if (tty >= 0)
		close(tty);
	return err ? -EINVAL : 0;
}

int secret_load(const char *path, char *buf, const char **why)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file;
	int err;

	if (is_stdin && isatty(STDIN_FILENO))
		return secret_typed(buf, why);
	file = is_stdin ? stdin : fopen(path, "re");
	if (!file)
		return refuse(why, strerror(errno));
	err = secret_read(file, buf, why);
	if (!is_stdin)
		fclose(file);
	return err;
}
