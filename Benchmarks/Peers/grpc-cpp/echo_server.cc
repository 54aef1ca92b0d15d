// The gRPC C++ side of the comparison: the callback API, one completion thread as far as it lets itself be told.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench.grpc.pb.h"

using weft::bench::v1::EchoReply;
using weft::bench::v1::EchoRequest;
using weft::bench::v1::EchoService;

class Service final : public EchoService::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoReply* reply) override {
    reply->set_service(request->service());
    reply->set_environment(request->environment());
    reply->set_version(request->version() + 1);
    *reply->mutable_tags() = request->tags();
    reply->set_comment(request->comment());
    reply->set_author("bench");
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int main(int argc, char** argv) {
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::string(argc > 1 ? argv[1] : "0"), grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::printf("listening on %d\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}
