/* What happens in a shop before a script begins: devices, goods, people, members, an open till, a sale. */
#ifndef CAROLINE_TESTS_FUZZ_SCENE_OPEN_H
#define CAROLINE_TESTS_FUZZ_SCENE_OPEN_H

extern const char scene_open[];

#endif
