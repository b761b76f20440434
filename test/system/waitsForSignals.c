// Takes SIGTERM as BusyBox's init and tini do: no handler, but sigtimedwait(2); then it ends.
#include <signal.h>

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, 0);
  return sigtimedwait(&set, 0, 0) == SIGTERM ? 0 : 1;
}
