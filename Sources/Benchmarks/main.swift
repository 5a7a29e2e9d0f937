print("medic-bench")
