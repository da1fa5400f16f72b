/* A disk whose cache can be lost, put between a program and its system (LD_PRELOAD).
 *
 * It changes nothing of what the program does and sees. Beside it, it keeps what would be left if the power went now and
 * nothing had reached the disk but what was asked for: under POWERLOSS_DURABLE there are
 *
 *   files/<id>   the contents that fsync or fdatasync covered, of each file below POWERLOSS_ROOT
 *   names/<id>   the names that an fsync of the directory covered, a line each: "<id> <f|d> <name>"
 *
 * where <id> is the inode and its time of birth. A write that is not intercepted here is not durable: what this gets wrong is
 * an alarm that is false and never a promise that is. sync_file_range in particular promises nothing, as its manual says.
 *
 * Files that are written by whoever tests say what goes wrong from then on. Each holds a pattern (fnmatch) of paths:
 *
 *   ignore   a sync returns at once and covers nothing, as in a build that has left it out
 *   fail     a sync fails with EIO, and what it was to cover is marked as clean: no later sync writes it
 *   full     a write takes what fits and then fails with ENOSPC
 *   closed   nothing can be opened for writing: EROFS
 *
 * POWERLOSS_BOOT is a file that is shown in the place of the kernel's boot_id: after a power loss that is another one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define ID 64
#define FILES 512

static const char *root, *durable;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

/* What was written to a file since it was synced, as one range. */
static struct { char id[ID]; off_t from, to; } dirty[FILES];

__attribute__((constructor)) static void begin(void) {
    root = getenv("POWERLOSS_ROOT");
    durable = getenv("POWERLOSS_DURABLE");
    real_open = dlsym(RTLD_NEXT, "open64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
}

/* Whether it is a file or a directory of ours, and where. */
static int ours(int fd, char path[PATH_MAX], int *directory) {
    struct stat stat;
    if (!root || !durable || fstat(fd, &stat) || !(S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode))) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    *directory = S_ISDIR(stat.st_mode);
    return !strncmp(path, root, strlen(root));
}

static int identify(int dir, const char *name, int flags, char id[ID], char *kind) {
    struct statx file;
    if (statx(dir, name, flags, STATX_INO | STATX_TYPE | STATX_BTIME, &file)) return -1;
    snprintf(id, ID, "%llu-%lld.%09u", (unsigned long long)file.stx_ino, (long long)file.stx_btime.tv_sec,
             file.stx_btime.tv_nsec);
    *kind = S_ISDIR(file.stx_mode) ? 'd' : S_ISREG(file.stx_mode) ? 'f' : '?';
    return 0;
}

static int wanted(const char *trouble, const char *path) {
    char file[PATH_MAX], pattern[PATH_MAX];
    snprintf(file, sizeof file, "%s/%s", durable, trouble);
    int fd = real_open(file, O_RDONLY);
    if (fd < 0) return 0;
    ssize_t length = read(fd, pattern, sizeof pattern - 1);
    close(fd);
    if (length <= 0) return 0;
    pattern[length] = 0;
    return fnmatch(pattern, path, 0) == 0;
}

static void remember(int fd, off_t from, off_t to) {
    char path[PATH_MAX], id[ID], kind;
    int directory;
    if (!ours(fd, path, &directory) || directory || identify(fd, "", AT_EMPTY_PATH, id, &kind)) return;
    pthread_mutex_lock(&lock);
    int free = -1;
    for (int i = 0; i < FILES; i++) {
        if (!dirty[i].id[0]) {
            if (free < 0) free = i;
        } else if (!strcmp(dirty[i].id, id)) {
            if (from < dirty[i].from) dirty[i].from = from;
            if (to > dirty[i].to) dirty[i].to = to;
            free = -1;
            goto known;
        }
    }
    if (free >= 0) {
        strcpy(dirty[free].id, id);
        dirty[free].from = from;
        dirty[free].to = to;
    }
known:
    pthread_mutex_unlock(&lock);
}

static void put(const char *file, const char *bytes, off_t at, size_t size, off_t length) {
    int fd = real_open(file, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) abort();
    for (size_t done = 0; done < size;) {
        ssize_t written = real_pwrite(fd, bytes + done, size - done, at + done);
        if (written <= 0) abort();
        done += written;
    }
    if (real_ftruncate(fd, length)) abort();
    close(fd);
}

/* The lock is held: while one file is synced, another thread must not be told that its part of it is durable already. */
static int sync_file(int fd, int (*real)(int), const char *path) {
    char id[ID], kind, link[64], file[PATH_MAX];
    if (identify(fd, "", AT_EMPTY_PATH, id, &kind)) return real(fd);
    off_t from = 0, to = 0;
    for (int i = 0; i < FILES; i++)
        if (!strcmp(dirty[i].id, id)) {
            from = dirty[i].from;
            to = dirty[i].to;
            dirty[i].id[0] = 0;
            break;
        }
    if (wanted("fail", path)) {
        errno = EIO;
        return -1;
    }
    /* Its descriptor may be one that only writes. */
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int reading = real_open(link, O_RDONLY);
    struct stat stat;
    if (reading < 0 || fstat(reading, &stat)) abort();
    if (to > stat.st_size) to = stat.st_size;
    size_t size = to > from ? to - from : 0, read = 0;
    char *bytes = malloc(size + 1);
    while (read < size) {
        ssize_t got = pread(reading, bytes + read, size - read, from + read);
        if (got <= 0) abort();
        read += got;
    }
    close(reading);
    int result = real(fd);
    if (!result) {
        snprintf(file, sizeof file, "%s/files/%s", durable, id);
        put(file, bytes, from, size, stat.st_size);
    }
    free(bytes);
    return result;
}

static int sync_directory(int fd, int (*real)(int)) {
    char id[ID], kind, link[64], file[PATH_MAX], fresh[PATH_MAX + 8], *text = NULL;
    size_t size = 0;
    if (identify(fd, "", AT_EMPTY_PATH, id, &kind)) return real(fd);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    DIR *dir = fdopendir(real_open(link, O_RDONLY | O_DIRECTORY));
    FILE *names = open_memstream(&text, &size);
    if (!dir || !names) abort();
    for (struct dirent *entry; (entry = readdir(dir));) {
        char of[ID];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (identify(dirfd(dir), entry->d_name, AT_SYMLINK_NOFOLLOW, of, &kind) || kind == '?') continue;
        fprintf(names, "%s %c %s\n", of, kind, entry->d_name);
    }
    closedir(dir);
    fclose(names);
    int result = real(fd);
    if (!result) {
        snprintf(file, sizeof file, "%s/names/%s", durable, id);
        snprintf(fresh, sizeof fresh, "%s.fresh", file);
        put(fresh, text, 0, size, size);
        if (rename(fresh, file)) abort();
    }
    free(text);
    return result;
}

static int sync_either(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    int directory;
    if (!ours(fd, path, &directory)) return real(fd);
    if (wanted("ignore", path)) return 0;
    pthread_mutex_lock(&lock);
    int result = directory ? sync_directory(fd, real) : sync_file(fd, real, path);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int fd) { return sync_either(fd, real_fsync); }
int fdatasync(int fd) { return sync_either(fd, real_fdatasync); }

/* How much of `size` is taken; none fits when hardly anything is left. */
static ssize_t room(int fd, size_t size) {
    char path[PATH_MAX];
    int directory;
    if (!ours(fd, path, &directory) || !wanted("full", path)) return size;
    if (size > 512) return size / 2;
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) {
    ssize_t fits = room(fd, size);
    if (fits < 0) return -1;
    ssize_t written = real_pwrite(fd, bytes, fits, at);
    if (written > 0) remember(fd, at, at + written);
    return written;
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }

ssize_t write(int fd, const void *bytes, size_t size) {
    ssize_t fits = room(fd, size);
    if (fits < 0) return -1;
    ssize_t written = real_write(fd, bytes, fits);
    if (written > 0) {
        off_t end = lseek(fd, 0, SEEK_CUR);
        if (end >= written) remember(fd, end - written, end);
    }
    return written;
}

int ftruncate64(int fd, off_t length) {
    int result = real_ftruncate(fd, length);
    if (!result) remember(fd, length, length);
    return result;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    const char *boot = getenv("POWERLOSS_BOOT");
    if (boot && !strcmp(path, BOOT_ID)) path = boot;
    if (durable && flags & (O_WRONLY | O_RDWR | O_CREAT) && wanted("closed", path)) {
        errno = EROFS;
        return -1;
    }
    return real_open(path, flags, mode);
}
