// The gRPC C++ client: the asynchronous API, one completion queue, one thread, one connection.
//
//   grpc-cpp-client PORT CALLS CONCURRENCY
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "bench.grpc.pb.h"

using weft::bench::v1::EchoReply;
using weft::bench::v1::EchoRequest;
using weft::bench::v1::EchoService;
using Clock = std::chrono::steady_clock;

namespace {

struct Call {
  grpc::ClientContext context;
  EchoReply reply;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<EchoReply>> reader;
  Clock::time_point start;
};

EchoRequest Request() {
  EchoRequest request;
  request.set_service("resume");
  request.set_environment("production");
  request.set_version(7);
  request.add_tags("zh");
  request.add_tags("en");
  request.set_comment("raise the page limit after the load test of last week, agreed with ops");
  return request;
}

void Begin(EchoService::Stub* stub, grpc::CompletionQueue* queue, const EchoRequest& request) {
  auto* call = new Call;
  call->start = Clock::now();
  call->reader = stub->PrepareAsyncEcho(&call->context, request, queue);
  call->reader->StartCall();
  call->reader->Finish(&call->reply, &call->status, call);
}

// Microseconds that each call took.
std::vector<double> Run(EchoService::Stub* stub, grpc::CompletionQueue* queue, int calls, int concurrency) {
  const EchoRequest request = Request();
  std::vector<double> latencies;
  latencies.reserve(calls);
  int begun = 0;
  while (begun < std::min(calls, concurrency)) begun++, Begin(stub, queue, request);
  while (static_cast<int>(latencies.size()) < calls) {
    void* tag = nullptr;
    bool ok = false;
    if (!queue->Next(&tag, &ok)) std::exit(1);
    std::unique_ptr<Call> call(static_cast<Call*>(tag));
    if (!ok || !call->status.ok() || call->reply.version() != request.version() + 1) {
      std::fprintf(stderr, "a call failed: %s\n", call->status.error_message().c_str());
      std::exit(1);
    }
    latencies.push_back(std::chrono::duration<double, std::micro>(Clock::now() - call->start).count());
    if (begun < calls) begun++, Begin(stub, queue, request);
  }
  return latencies;
}

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: grpc-cpp-client PORT CALLS CONCURRENCY\n");
    return 2;
  }
  const int calls = std::atoi(argv[2]);
  const int concurrency = std::atoi(argv[3]);
  auto channel = grpc::CreateChannel("127.0.0.1:" + std::string(argv[1]), grpc::InsecureChannelCredentials());
  auto stub = EchoService::NewStub(channel);
  grpc::CompletionQueue queue;
  Run(stub.get(), &queue, calls / 10, concurrency);
  const double before = CpuSeconds();
  auto latencies = Run(stub.get(), &queue, calls, concurrency);
  const double used = CpuSeconds() - before;
  std::sort(latencies.begin(), latencies.end());
  std::printf("{\"calls\": %zu, \"cpu\": %.6f, \"p50\": %.2f, \"p99\": %.2f}\n", latencies.size(), used,
              latencies[latencies.size() / 2], latencies[latencies.size() * 99 / 100]);
  return 0;
}
