;; An honest router in which somebody else's name, version, licence and words stand wherever tools look for them.
(@custom "authors" "The makers of Timonel")
(@custom "licenses" "Apache-2.0")
(@custom "description" "Signed by everybody who matters.")
(@custom "version" "99.0.0")
(@custom "authors" "And somebody else")
(@custom "homepage" "\ff\fe no UTF-8")
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
