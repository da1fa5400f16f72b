;; Never says who it is.
(func (export "timonel:rules/rule@0.1.0#describe") (result i32) (loop $again (br $again)) (unreachable))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
