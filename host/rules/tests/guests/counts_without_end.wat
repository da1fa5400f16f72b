;; A measurer that does not come back when it is asked what it counts.
(func (export "timonel:rules/measuring@0.1.0#figures") (param i32 i32) (result i32) (loop $again (br $again)) (unreachable))
(func (export "timonel:rules/measuring@0.1.0#measure") (param i32 i32 i32 i32) (result i32) (unreachable))
