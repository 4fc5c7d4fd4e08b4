/* A disk whose flush takes longer: preloaded, it sleeps FLUSH_MICROSECONDS before each fsync and fdatasync. */

#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int flushed(long call, int descriptor)
{
    const char *wanted = getenv("FLUSH_MICROSECONDS");

    usleep(wanted ? (useconds_t)atoi(wanted) : 0);
    return (int)syscall(call, descriptor);
}

int fsync(int descriptor) { return flushed(SYS_fsync, descriptor); }
int fdatasync(int descriptor) { return flushed(SYS_fdatasync, descriptor); }
