// A process whose first thread leaves while another one goes on: /proc shows it as a zombie.
#include <pthread.h>
#include <unistd.h>

int main() {
  pthread_t thread;
  ::pthread_create(
      &thread, nullptr,
      [](void*) -> void* {
        while (true) ::pause();
      },
      nullptr);
  ::pthread_exit(nullptr);
}
