/*
 * A stand-in for Massive's REST API that serves bars, option chains and
 * reference data out of a directory: for the sample market, tests and
 * measurements. One process, one thread, one event loop.
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "market_server.h"
#include "market_text.h"


static const char  usage[] =
    "usage: market-server --data DIR [--listen 127.0.0.1:PORT|unix:PATH]\n"
    "           [--delay MS] [--clone N] [--key SECRET] [--log FILE]\n"
    "           [--sample] [--with-parent]\n"
    "\n"
    "Serves DIR/{bars,chain,reference,earnings,dividends,prev}/TICKER.json,\n"
    "DIR/chain/TICKER/*.json and DIR/marketstatus.json under the paths of\n"
    "Massive's REST API, and prints where it listens when it is ready.\n"
    "\n"
    "  --listen       port 0 picks a free one (default 127.0.0.1:0)\n"
    "  --delay MS     each answer is sent MS ms after its request came\n"
    "  --clone N      T001 to TN stand for the loaded tickers in turn\n"
    "  --key SECRET   asked for as bearer token or argument apiKey\n"
    "  --log FILE     a line for each request; - is the standard error\n"
    "  --sample       answers carry the header X-Sample-Market: generated\n"
    "  --with-parent  ends when the process that started it ends\n"
    "\n"
    "Control: /_control/calls, last?path=, times, reset,\n"
    "fault?match=&kind=[&times=][&after=][&ms=][&status=][&retry_after=]\n"
    "[&bytes=][&field=][&value=]\n";


static bool
options_read(market_options_t *options, int argc, char **argv)
{
    int   c;
    bool  ok;

    static const struct option  known[] = {
        { "data", required_argument, NULL, 'd' },
        { "listen", required_argument, NULL, 'l' },
        { "delay", required_argument, NULL, 'D' },
        { "clone", required_argument, NULL, 'c' },
        { "key", required_argument, NULL, 'k' },
        { "log", required_argument, NULL, 'L' },
        { "sample", no_argument, NULL, 's' },
        { "with-parent", no_argument, NULL, 'p' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 }
    };

    ok = true;
    options->listen = "127.0.0.1:0";

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (c) {

        case 'd':
            options->data = optarg;
            break;
        case 'l':
            options->listen = optarg;
            break;
        case 'D':
            ok = ok && market_parse_int(optarg, 0, 3600000, &options->delay);
            break;
        case 'c':
            ok = ok && market_parse_int(optarg, 0, 1000000, &options->clones);
            break;
        case 'k':
            options->key = optarg;
            break;
        case 'L':
            options->log = optarg;
            break;
        case 's':
            options->sample = true;
            break;
        case 'p':
            options->with_parent = true;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            ok = false;
        }
    }

    return ok && optind == argc && options->data != NULL;
}


static bool
process_setup(market_server_t *server, pid_t parent)
{
    sigset_t       set;
    struct rlimit  limit;

    /* a shell starts what runs in the background with SIGINT ignored */

    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);

    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return false;
    }

    server->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);

    if (server->options.with_parent
        && (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent))
    {
        return false;
    }

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void) setrlimit(RLIMIT_NOFILE, &limit);
    }

    /* New York's rule, for the market's hours */

    setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
    tzset();

    return server->signals >= 0;
}


static bool
log_open(market_server_t *server)
{
    const char  *path;

    path = server->options.log;

    if (path != NULL) {
        server->log = strcmp(path, "-") == 0 ? stderr : fopen(path, "ae");
    }

    if (path != NULL && server->log == NULL) {
        fprintf(stderr, "market-server: %s: %s\n", path, strerror(errno));
        return false;
    }

    return true;
}


static void
server_free(market_server_t *server)
{
    while (server->conns != NULL) {
        market_conn_close(server->conns);
    }

    if (server->socket_path != NULL) {
        unlink(server->socket_path);
        free(server->socket_path);
    }

    if (server->log != NULL && server->log != stderr) {
        fclose(server->log);
    }

    market_store_free(&server->store);
    market_fault_clear(&server->faults);
    market_stats_free(&server->stats);
    free(server->timers);
}


int
main(int argc, char **argv)
{
    bool             ok;
    pid_t            parent;
    market_server_t  server;

    parent = getppid();
    memset(&server, 0, sizeof(server));

    if (!options_read(&server.options, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }

    ok = process_setup(&server, parent)
         && log_open(&server)
         && market_store_load(&server.store, server.options.data);

    if (ok) {
        market_store_clone(&server.store, (long) server.options.clones);
        ok = market_listen(&server) && market_loop(&server);
    }

    server_free(&server);

    return ok ? 0 : 1;
}
