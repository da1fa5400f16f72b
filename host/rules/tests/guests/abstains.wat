;; An honest router that has nothing to say.
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
