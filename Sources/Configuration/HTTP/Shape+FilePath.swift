import Diagnostics
import Secrets
import YAML

extension Shape where Value == String {
    /// The path of a file; one that does not begin with a slash is relative to the folder of the file it is written in.
    static var filePath: Self {
        Shape("the path of a file") { node, problems in
            guard let path = Shape<String>.nonEmptyString.decode(node, problems) else { return nil }
            return absolute(path, besides: problems.source.name)
        }
    }

    private static func absolute(_ path: String, besides file: String?) -> String {
        guard path.utf8.first != UInt8(ascii: "/"), let file, let slash = file.utf8.lastIndex(of: UInt8(ascii: "/"))
        else { return path }
        return String(file[...slash]) + path
    }
}

extension Shape where Value == Secret {
    /// A secret written in place.
    static var secretText: Self { Shape<String>.string.hidden.map { Secret($0) } }

    /// A secret in a file.
    static var secretFile: Self { Shape<String>.filePath.map { Secret(.file($0)) } }
}
