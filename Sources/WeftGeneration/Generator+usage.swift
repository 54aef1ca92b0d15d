extension Generator {
  /// Help for people who run the plugin by hand.
  public static let usage = """
    protoc-gen-weft-swift makes Swift messages, clients and handlers from .proto files. protoc runs it:

      protoc --plugin=protoc-gen-weft-swift=PATH --weft-swift_out=FOLDER \\
        --weft-swift_opt=NAME=VALUE,NAME=VALUE FILE.proto

    Options:
      Visibility=Internal|Package|Public   of what is generated (Internal)
      FileNaming=FullPath|PathToUnderscores|DropPath
                                           where the code of shop/v1/order.proto goes: shop/v1/order.weft.swift,
                                           shop_v1_order.weft.swift or order.weft.swift (FullPath)
      Client=true|false                    typed clients of services (true)
      Server=true|false                    handler protocols of services (true)
      Types=true|false                     messages and enums; without them only descriptors (true)
      EmbedComments=true|false             keep comments in the descriptors that the code carries, so that whoever
                                           asks the running service for them can read them (false)
      UseAccessLevelOnImports=true|false   write "public import" and the like, for targets that build with
                                           InternalImportsByDefault (false)
      Module=NAME                          the module that is generated into, which is then not imported
      Import=PATH_PREFIX:MODULE            the module with the code of the files whose path starts so;
                                           may be given more than once
      Settings=FILE                        a weft-protobuf.json, as WeftProtobufPlugin takes it

    In a Swift package, use the plugin WeftProtobufPlugin instead: it runs all this when the package is built.

    """
}
