"""Compares Weft's servers and clients with those of gRPC C++, grpc-swift-2 and grpcio."""
