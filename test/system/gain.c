/* Case 41: what whoever runs it has gained by its mode and owner, and opens of a device node. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int count, char **words) {
  printf("is user %d\n", (int)geteuid());
  if (count > 1) puts(open(words[1], O_RDONLY) >= 0 ? "opened the device" : "opened nothing");
}
