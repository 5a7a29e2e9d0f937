import Actions
import EventLoop
import Web

// What runs have kept, for those who may look at runs.
extension Desk {
    func evidence(of run: String, each: Int, whole: Int) async -> [EvidenceFile] {
        let bundle = bundle(of: run)
        return await offload {
            var left = whole
            return bundle.items().map { item in
                let limit = min(each, left)
                let found = limit > 0 ? bundle.text(step: item.step, name: item.name, limit: limit) : nil
                left -= found?.text.utf8.count ?? 0
                return EvidenceFile(item, found)
            }
        }
    }

    func evidence(of run: String, step: Int, name: String, limit: Int) async -> EvidenceFile? {
        let bundle = bundle(of: run)
        return await offload {
            guard let item = bundle.items().first(where: { $0.step == step && $0.name.utf8.elementsEqual(name.utf8) })
            else { return nil }
            return EvidenceFile(item, bundle.text(step: step, name: item.name, limit: limit))
        }
    }

    private func bundle(of run: String) -> EvidenceBundle {
        EvidenceBundle(
            folder: agent.ground.options.dataFolder ?? Agent.volatileFolder,
            run: run,
            secrets: agent.permits.secrets
        )
    }
}

extension EvidenceFile {
    fileprivate init(_ item: EvidenceBundle.Item, _ found: (text: String, isCut: Bool)?) {
        self.init(
            step: item.step,
            name: item.name,
            bytes: item.bytes,
            text: found?.text,
            isCut: found?.isCut ?? (item.bytes > 0)
        )
    }
}
