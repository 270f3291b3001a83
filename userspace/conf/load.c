// SPDX-License-Identifier: GPL-2.0
/* targets.conf from files; see conf/load.h. */
#include "conf/load.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/text.h"

/* Enlarges a buffer; the old one is wiped, because it may contain secrets. */
static char *grow(char *text, size_t size)
{
	char *larger = malloc(2 * size);

	if (larger)
		memcpy(larger, text, size);
	explicit_bzero(text, size);
	free(text);
	return larger;
}

static int read_all(FILE *file, char **text, size_t *len)
{
	size_t size = 4096, n = 0;
	char *buf = malloc(size);

	/* otherwise a copy would stay in the buffer of stdio */
	setvbuf(file, NULL, _IONBF, 0);
	while (buf) {
		n += fread(buf + n, 1, size - n, file);
		if (n < size)
			break;
		if (size >= CONF_FILE_MAX) {
			explicit_bzero(buf, n);
			free(buf);
			return -EFBIG;
		}
		buf = grow(buf, size);
		size *= 2;
	}
	if (!buf)
		return -ENOMEM;
	*text = buf;
	*len = n;
	if (!ferror(file))
		return 0;
	explicit_bzero(buf, n);
	free(buf);
	return -EIO;
}

static int file_read(void *data, const char *path, char **text, size_t *len)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	struct stat st;
	int err;

	(void)data;
	if (!file)
		return -errno;
	err = fstat(fileno(file), &st) ? -errno : 0;
	if (!err && S_ISDIR(st.st_mode))
		err = -EISDIR;
	if (!err)
		err = read_all(file, text, len);
	if (!is_stdin)
		fclose(file);
	return err;
}

static int add_name(struct vec *files, const char *dir, const char *name)
{
	struct stat st;
	char **item, *path;

	if (asprintf(&path, "%s%s%s", dir, *dir ? "/" : "", name) < 0)
		return -ENOMEM;
	if (stat(path, &st) || !S_ISREG(st.st_mode)) {
		free(path);
		return 0;
	}
	item = vec_add(files, sizeof(*item));
	if (!item) {
		free(path);
		return -ENOMEM;
	}
	*item = path;
	return 0;
}

static int expand_dir(const char *path, struct vec *files)
{
	struct dirent **entries;
	int i, n, err = 0;

	n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		return -errno;
	for (i = 0; i < n; i++) {
		if (!err)
			err = add_name(files, path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int expand_glob(const char *path, struct vec *files)
{
	glob_t found = { 0 };
	int err = 0;
	size_t i;

	switch (glob(path, GLOB_BRACE, NULL, &found)) {
	case GLOB_NOSPACE:
		err = -ENOMEM;
		break;
	case GLOB_ABORTED:
		err = -EIO;
		break;
	}
	for (i = 0; !err && i < found.gl_pathc; i++)
		err = add_name(files, "", found.gl_pathv[i]);
	globfree(&found);
	return err;
}

static int file_expand(void *data, const char *path, struct vec *files)
{
	struct stat st;
	char **item;

	(void)data;
	if (strpbrk(path, "*?[{"))
		return expand_glob(path, files);
	if (stat(path, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return expand_dir(path, files);
	item = vec_add(files, sizeof(*item));
	if (!item)
		return -ENOMEM;
	*item = strdup(path);
	if (*item)
		return 0;
	files->n--;
	return -ENOMEM;
}

int conf_load(struct conf *conf, const char *path)
{
	static const struct conf_source source = {
		.read = file_read,
		.expand = file_expand,
	};
	char *text;
	size_t len;
	int err;

	memset(conf, 0, sizeof(*conf));
	err = file_read(NULL, path, &text, &len);
	if (err)
		return err;
	err = conf_parse(conf, path, text, len, &source);
	explicit_bzero(text, len);
	free(text);
	return err;
}

void conf_tell(FILE *file, const struct conf *conf, const char *path, int err)
{
	const struct conf_message *message;

	vec_for_each(message, &conf->messages)
		fprintf(file, "%s: %s\n", message->error ? "Error" : "Warning",
			message->text);
	/* errors in the text have been printed already */
	if (err && err != -EINVAL)
		fprintf(file, "Error: %s: %s\n", path, strerror(-err));
}
