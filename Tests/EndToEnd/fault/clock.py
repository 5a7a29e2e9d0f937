"""The clock jumps ahead, and back."""
import mmap
import shutil
import struct
import subprocess
import time

from common import Agent, Server

CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

// Seconds that the wall clock is ahead, in the file that TEST_CLOCK names.
static volatile long *ahead;

__attribute__((constructor)) static void begin(void) {
    int file = open(getenv("TEST_CLOCK"), O_RDONLY | O_CLOEXEC);
    ahead = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, time);
    if (status == 0 && ahead != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += *ahead;
    return status;
}
"""


def harm(claims, folder, medic, options):
    (folder / "clock.c").write_text(CLOCK)
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        return claims.check("there is a compiler for the clock", False)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", folder / "clock.so", folder / "clock.c"], check=True)
    (folder / "ahead").write_bytes(bytes(8))
    (folder / "rules.yml").write_text("""groups:
- name: g
  interval: 1s
  rules:
  - {alert: Up, expr: 'up{job="good"} == 1', for: 2s}
""")
    good = Server()
    agent = Agent(folder, f"""global: {{scrape_interval: 1s}}
rule_files: ['{folder}/rules.yml']
scrape_configs:
- {{job_name: good, static_configs: [{{targets: ['127.0.0.1:{good.port}']}}]}}
""", medic, environment={"LD_PRELOAD": str(folder / "clock.so"), "TEST_CLOCK": str(folder / "ahead")})
    with open(folder / "ahead", "r+b") as file:
        shared = mmap.mmap(file.fileno(), 8)

        def jump(seconds):
            shared[:8] = struct.pack("q", seconds)

        fires = lambda: agent.value('ALERTS{alertname="Up",alertstate="firing"}') == 1
        claims.come("the alert fires", fires)
        for words, seconds in (("an hour ahead", 3600), ("back by two hours", -3600), ("back to where it was", 0)):
            jump(seconds)
            claims.come(f"the clock jumps {words}: samples come in again",
                        lambda: agent.value('sum(sum_over_time(up{job="good"}[4s]))') >= 3, 20)
            claims.come("rules are evaluated, and the alert fires", fires, 20)
            claims.check("no look is late for long", agent.health()[1]["rules"]["status"] == "healthy", agent.health())
        claims.check("the jumps are counted", agent.metric("medic_clock_jumps_total") >= 3, agent.metric("medic_clock_jumps_total"))
        claims.check("and said in the log", agent.said().count("the clock has jumped") >= 3, agent.said()[-1500:])
    agent.stop(claims)
    good.stop()
