// Tells the thread sanitizer of two orders that it cannot see, because they are made inside Swift's own libraries,
// which are not built with it. Without this it takes the accesses on both sides for data races. Loaded before those
// libraries (LD_PRELOAD) by scripts/sanitize; each function stands in front of the library's own and calls it.
//
// 1. Synchronization.Mutex: its quick way is compiled into the caller and seen. When two threads want the mutex at
//    once, the rest happens in the library: _lockSlow and _unlockSlow.
// 2. Continuations: a task that awaits a continuation goes on at once when it was resumed already, or is while the
//    task comes to rest. The runtime tells of the resume (a release of the task), but in these cases not of the await.
//    The first is seen at the begin of swift_continuation_await; in the second the task enters its thread again.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT_CALL __attribute__((swiftcall))
#define SWIFT_SELF __attribute__((swift_context))
#define SWIFT_ASYNC_CALL __attribute__((swiftasynccall))

// Weak: the tools that start the tests load this file too and have no sanitizer.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);
SWIFT_CALL __attribute__((weak)) void *swift_task_getCurrent(void);

typedef SWIFT_CALL void LockSlow(uint32_t self_id, SWIFT_SELF void *mutex);
typedef SWIFT_CALL void UnlockSlow(SWIFT_SELF void *mutex);
typedef SWIFT_ASYNC_CALL void Await(void *continuation);
typedef void EnterThread(char *storage);

static LockSlow *lock_slow;
static UnlockSlow *unlock_slow;
static Await *await;
static EnterThread *enter_thread;

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

__attribute__((constructor)) static void find(void) {
  lock_slow = (LockSlow *)dlsym(RTLD_NEXT, LOCK_SLOW);
  unlock_slow = (UnlockSlow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
  await = (Await *)dlsym(RTLD_NEXT, "swift_continuation_await");
  enter_thread = (EnterThread *)dlsym(RTLD_NEXT, "swift_task_enterThreadLocalContext");
}

SWIFT_CALL void weft_lock_slow(uint32_t self_id, SWIFT_SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT_CALL void weft_lock_slow(uint32_t self_id, SWIFT_SELF void *mutex) {
  lock_slow(self_id, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT_CALL void weft_unlock_slow(SWIFT_SELF void *mutex) __asm__(UNLOCK_SLOW);
SWIFT_CALL void weft_unlock_slow(SWIFT_SELF void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  unlock_slow(mutex);
}

// What happened before the task was resumed happened before it goes on.
static void acquire_task(void) {
  void *task = swift_task_getCurrent ? swift_task_getCurrent() : 0;
  if (__tsan_acquire && task) __tsan_acquire(task);
}

SWIFT_ASYNC_CALL void swift_continuation_await(void *continuation) {
  acquire_task();
  __attribute__((musttail)) return await(continuation);
}

void swift_task_enterThreadLocalContext(char *storage) {
  acquire_task();
  enter_thread(storage);
}
